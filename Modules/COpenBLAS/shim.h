// CBLAS and LAPACKE, and what OpenBLAS adds to them. Declared weakly where another BLAS may lack it.
#ifndef ROOKERY_COPENBLAS_SHIM_H
#define ROOKERY_COPENBLAS_SHIM_H
#include <cblas.h>
#include <lapacke.h>

// OpenBLAS starts its threads when it is loaded; fork is only safe once they are gone.
extern int blas_thread_shutdown_(void) __attribute__((weak));

extern char *openblas_get_config(void) __attribute__((weak));
static inline const char *rookery_blas_description(void) {
  return openblas_get_config ? openblas_get_config() : 0;
}
static inline void rookery_blas_single_thread(void) {
  openblas_set_num_threads(1);
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

#endif
