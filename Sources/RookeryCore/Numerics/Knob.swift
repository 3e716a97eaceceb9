import Glibc
func knob(_ name: String, _ d: Int) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? d }
