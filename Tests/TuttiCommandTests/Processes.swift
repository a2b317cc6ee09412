import Foundation

/// The processes of this machine.
enum Processes {
    /// Processes of `tutti` whose arguments contain all of `words`.
    static func withArguments(_ words: [String]) throws -> [pid_t] {
        try commandLines().compactMap { process, arguments in
            arguments.first?.hasSuffix("tutti") == true && words.allSatisfy(arguments.contains) ? process : nil
        }.sorted()
    }

    private static func commandLines() throws -> [(pid_t, [String])] {
        #if os(Linux)
            return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
                // A process may end while we look. A zombie has no arguments any more.
                guard let process = pid_t(name), let text = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8) else { return nil }
                return (process, text.split(separator: "\0").map(String.init))
            }
        #else
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: "/bin/ps")
            process.arguments = ["-axww", "-o", "pid=,command="]
            process.standardOutput = pipe
            try process.run()
            let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            return text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.first.flatMap { pid_t($0) }.map { ($0, Array(words.dropFirst())) }
            }
        #endif
    }
}
