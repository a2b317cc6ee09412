import Foundation
public import Learning

/// The devices of this machine, as far as this process may use them.
public enum DeviceCatalog {
    /// Processor cores, grouped into devices `cpu0`, `cpu1`, …, and the CUDA devices that the caller names.
    ///
    /// Cores that the process is kept off by its affinity mask, and memory beyond its control group's limit, do not count.
    /// - Parameters:
    ///   - coresPerDevice: cores of one device; a rest makes a smaller last device.
    ///   - reserveFraction: share of the memory that no model gets, 0 to .95.
    ///   - cudaMemoryBytes: total bytes of each CUDA device, by index. Only a native library can tell them; see ``cudaDeviceCount``.
    public static func local(coresPerDevice: Int = 1, reserveFraction: Double = 0.2, cudaMemoryBytes: [Int] = []) -> [Device] {
        devices(
            cores: availableCores(readFile: readText), memoryBytes: availableMemoryBytes(readFile: readText), coresPerDevice: coresPerDevice,
            reserveFraction: reserveFraction, cudaMemoryBytes: cudaMemoryBytes)
    }

    /// NVIDIA devices that the driver shows; 0 without a driver.
    public static var cudaDeviceCount: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/driver/nvidia/gpus").count) ?? 0 }

    /// As ``local(coresPerDevice:reserveFraction:cudaMemoryBytes:)`` with everything given: memory is split evenly over the cores.
    static func devices(cores: [Int], memoryBytes: Int, coresPerDevice: Int, reserveFraction: Double, cudaMemoryBytes: [Int]) -> [Device] {
        let usable = 1 - min(max(reserveFraction.isNaN ? 0 : reserveFraction, 0), 0.95)
        let size = max(1, coresPerDevice)
        let groups = stride(from: 0, to: cores.count, by: size).map { Array(cores[$0..<min($0 + size, cores.count)]) }
        let processors = groups.enumerated().map { index, group in
            let share = Double(memoryBytes) * usable * Double(group.count) / Double(cores.count)
            return Device(id: "cpu\(index)", kind: .cpu(cores: group), memoryBytes: Int(share))
        }
        return processors
            + cudaMemoryBytes.enumerated().map { index, bytes in
                Device(id: "cuda\(index)", kind: .cuda(index: index), memoryBytes: Int(Double(max(bytes, 0)) * usable))
            }
    }

    /// Core numbers of the affinity mask, no more of them than the control group's quota pays for.
    static func availableCores(readFile: (String) -> String?) -> [Int] {
        let all = Array(0..<max(ProcessInfo.processInfo.activeProcessorCount, 1))
        let allowed = readFile("/proc/self/status").flatMap { field("Cpus_allowed_list", in: $0) }.map(parseList) ?? all
        let cores = allowed.isEmpty ? all : allowed
        guard let quota = coreQuota(readFile: readFile) else { return cores }
        return Array(cores.prefix(max(1, Int(quota.rounded(.up)))))
    }

    /// Physical memory, or the control group's limit where that is lower.
    static func availableMemoryBytes(readFile: (String) -> String?) -> Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let total =
            readFile("/proc/meminfo").flatMap { field("MemTotal", in: $0) }.flatMap { Int($0.prefix { $0.isNumber }) }
            .map { $0.multipliedReportingOverflow(by: 1024).partialValue } ?? physical
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
            readFile(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return limits.filter { $0 > 0 }.reduce(total, min)
    }

    /// `0-2,5` as 0, 1, 2, 5; what cannot be read is left out.
    static func parseList(_ text: String) -> [Int] {
        text.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            guard let first = ends.first, let last = ends.last, first >= 0, last >= first, last - first < 100_000 else { return [] }
            return Array(first...last)
        }
    }

    /// Cores' worth of time that the control group grants; nil where it is free.
    private static func coreQuota(readFile: (String) -> String?) -> Double? {
        var numbers: [Double] = []
        if let text = readFile("/sys/fs/cgroup/cpu.max") {
            numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        } else if let quota = readFile("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), let period = readFile("/sys/fs/cgroup/cpu/cpu.cfs_period_us") {
            numbers = [quota, period].compactMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
        return numbers[0] / numbers[1]
    }

    private static func field(_ name: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(name + ":") }.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    private static func readText(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
