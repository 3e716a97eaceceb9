#ifndef FILE_CALLS_H
#define FILE_CALLS_H

/// Begins to note the calls of this thread that make a file safe: 'f' for a file that is synced, 'd' for a directory,
/// 'r' for a file that is renamed.
void startNotingFileCalls(void);

/// Ends it, and gives the calls in their order. The text stays as it is until this thread starts again.
const char *fileCallsNoted(void);

#endif
