import Foundation

/// What the system says of a process.
enum ProcessMemory {
    /// Bytes that a process keeps resident; nil where the system does not tell.
    static func residentBytes(of process: pid_t) -> Int? {
        #if os(Linux)
            guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
        #else
            var info = rusage_info_v4()
            let status = withUnsafeMutablePointer(to: &info) { pointer in
                pointer.withMemoryRebound(to: rusage_info_t?.self, capacity: 1) { proc_pid_rusage(process, RUSAGE_INFO_V4, $0) }
            }
            return status == 0 ? Int(info.ri_resident_size) : nil
        #endif
    }

    /// Bytes of memory in this machine.
    static var physicalBytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
