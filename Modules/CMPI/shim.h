// MPI as Swift can use it. Its constants are macros, and its handles are pointers in one library and integers
// in another, which the importer turns into different types: here they are wrapped. Nothing else belongs
// here.
#ifndef ROOKERY_CMPI_SHIM_H
#define ROOKERY_CMPI_SHIM_H
#include <mpi.h>

typedef struct { MPI_Comm handle; } rookery_mpi_comm;
typedef struct { MPI_Request handle; } rookery_mpi_request;

// What the program is compiled for, to be held against the library that it meets. Intel MPI, MVAPICH and Cray MPICH have the
// types of MPICH.
#define ROOKERY_WORD(x) #x
#define ROOKERY_WORDS(a, b, c) ROOKERY_WORD(a) "." ROOKERY_WORD(b) "." ROOKERY_WORD(c)
static inline const char *rookery_mpi_headers(void) {
#if defined(OMPI_MAJOR_VERSION)
  return "Open MPI " ROOKERY_WORDS(OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION);
#elif defined(MPICH_VERSION)
  return "MPICH " MPICH_VERSION;
#else
  return "";
#endif
}
static inline int rookery_mpi_headers_standard(void) { return 100 * MPI_VERSION + MPI_SUBVERSION; }

static inline int rookery_mpi_success(void) { return MPI_SUCCESS; }
static inline int rookery_mpi_any_source(void) { return MPI_ANY_SOURCE; }
static inline int rookery_mpi_thread_funneled(void) { return MPI_THREAD_FUNNELED; }
static inline int rookery_mpi_max_error_string(void) { return MPI_MAX_ERROR_STRING; }
static inline int rookery_mpi_max_processor_name(void) { return MPI_MAX_PROCESSOR_NAME; }

static inline int rookery_mpi_init(int *provided) {
  return MPI_Init_thread(0, 0, MPI_THREAD_FUNNELED, provided);
}
// A communicator of our own, whose errors come back as codes.
static inline int rookery_mpi_own_world(rookery_mpi_comm *comm) {
  int code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS) code = MPI_Comm_dup(MPI_COMM_WORLD, &comm->handle);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(comm->handle, MPI_ERRORS_RETURN);
  return code;
}
// The same over the members of another communicator, which is given by its Fortran handle: that is an integer in
// every MPI library.
static inline int rookery_mpi_own_copy(int fortran_handle, rookery_mpi_comm *comm) {
  MPI_Comm given = MPI_Comm_f2c((MPI_Fint)fortran_handle);
  if (given == MPI_COMM_NULL) return MPI_ERR_COMM;
  int code = MPI_Comm_dup(given, &comm->handle);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(comm->handle, MPI_ERRORS_RETURN);
  return code;
}
// The Fortran handle of the members of a communicator that name the same part.
static inline int rookery_mpi_part(rookery_mpi_comm comm, int part, int rank, int *fortran_handle) {
  MPI_Comm members;
  int code = MPI_Comm_split(comm.handle, part, rank, &members);
  if (code == MPI_SUCCESS) *fortran_handle = (int)MPI_Comm_c2f(members);
  return code;
}
static inline int rookery_mpi_free(rookery_mpi_comm *comm) { return MPI_Comm_free(&comm->handle); }
static inline int rookery_mpi_rank(rookery_mpi_comm comm, int *rank) {
  return MPI_Comm_rank(comm.handle, rank);
}
static inline int rookery_mpi_size(rookery_mpi_comm comm, int *size) {
  return MPI_Comm_size(comm.handle, size);
}
static inline int rookery_mpi_ranks_on_node(rookery_mpi_comm comm, int *count) {
  MPI_Comm node;
  int code = MPI_Comm_split_type(comm.handle, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(node, count);
  if (code == MPI_SUCCESS) code = MPI_Comm_free(&node);
  return code;
}
static inline int rookery_mpi_isend(
    const void *bytes, int count, int rank, int tag, rookery_mpi_comm comm, rookery_mpi_request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, rank, tag, comm.handle, &request->handle);
}
static inline int rookery_mpi_test(rookery_mpi_request *request, int *done) {
  return MPI_Test(&request->handle, done, MPI_STATUS_IGNORE);
}
// Looks for a message; where there is one, tells who sent it, under which tag, and its length.
static inline int rookery_mpi_iprobe(
    int source, rookery_mpi_comm comm, int *found, int *sender, int *tag, int *count) {
  MPI_Status status;
  int code = MPI_Iprobe(source, MPI_ANY_TAG, comm.handle, found, &status);
  if (code != MPI_SUCCESS || !*found) return code;
  *sender = status.MPI_SOURCE;
  *tag = status.MPI_TAG;
  return MPI_Get_count(&status, MPI_BYTE, count);
}
static inline int rookery_mpi_recv(void *bytes, int count, int source, int tag, rookery_mpi_comm comm) {
  return MPI_Recv(bytes, count, MPI_BYTE, source, tag, comm.handle, MPI_STATUS_IGNORE);
}
static inline int rookery_mpi_abort(rookery_mpi_comm comm, int code) { return MPI_Abort(comm.handle, code); }

#endif
