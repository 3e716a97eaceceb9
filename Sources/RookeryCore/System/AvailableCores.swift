internal import CPosix
import Glibc

/// How many cores this process may use: a batch system or a launcher may allow less than there are.
package var availableCores: Int {
  let allowed = Int(rookery_available_cores())
  return allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
