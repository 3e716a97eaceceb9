// What Swift's importer cannot see of MPI: constants that are macros. Nothing else belongs here.
#ifndef ROOKERY_CMPI_SHIM_H
#define ROOKERY_CMPI_SHIM_H
#include <mpi.h>

static inline MPI_Comm rookery_mpi_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm rookery_mpi_comm_null(void) { return MPI_COMM_NULL; }
static inline MPI_Datatype rookery_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Request rookery_mpi_request_null(void) { return MPI_REQUEST_NULL; }
static inline MPI_Errhandler rookery_mpi_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline int rookery_mpi_any_source(void) { return MPI_ANY_SOURCE; }
static inline int rookery_mpi_any_tag(void) { return MPI_ANY_TAG; }
static inline int rookery_mpi_success(void) { return MPI_SUCCESS; }
static inline int rookery_mpi_thread_funneled(void) { return MPI_THREAD_FUNNELED; }
static inline int rookery_mpi_max_error_string(void) { return MPI_MAX_ERROR_STRING; }
static inline int rookery_mpi_max_library_version_string(void) { return MPI_MAX_LIBRARY_VERSION_STRING; }

#endif
