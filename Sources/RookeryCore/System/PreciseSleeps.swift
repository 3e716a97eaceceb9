internal import CPosix

/// Makes sleeps of this thread, and of threads it starts, end when they should: by default Linux adds up to 50 microseconds.
package func makeSleepsPrecise() { rookery_precise_sleeps() }
