public import Foundation

/// Where native libraries are looked for. Every place is laid out like a Python site-packages folder, because the makers'
/// prebuilt libraries come inside PyPI wheels.
public enum LibrarySearch {
    /// Places in the order they are tried: the library's own environment variable, `TUTTI_RUNTIMES`, the project's `.runtimes`,
    /// the user's cache, the active Python environment.
    public static func places(override variable: String) -> [URL] {
        let environment = ProcessInfo.processInfo.environment
        var places: [URL] = []
        for name in [variable, "TUTTI_RUNTIMES"] {
            if let path = environment[name], !path.isEmpty { places.append(URL(fileURLWithPath: path)) }
        }
        places.append(URL(fileURLWithPath: ".runtimes"))
        places.append(userCache)
        places += pythonFolders(environment)
        return places
    }

    /// The folder that `installCommand`s fill: `$XDG_CACHE_HOME/tutti/runtimes`, else `~/.cache/tutti/runtimes`.
    public static var userCache: URL {
        let base =
            ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return base.appending(path: "tutti/runtimes")
    }

    static func locate(_ file: NativeLibrary.File, override variable: String) -> String? {
        for place in places(override: variable) {
            let direct = place.appending(path: file.wheelPath)
            // An override may name the folder of the library itself, or the file.
            let name = direct.lastPathComponent
            for candidate in [direct, place.appending(path: name), place] where candidate.lastPathComponent.hasPrefix(name) {
                if let path = existingFile(candidate) { return path }
            }
        }
        return nil
    }

    /// The file itself, or the first one with a version after its name (`libonnxruntime.so.1.32.0`).
    private static func existingFile(_ url: URL) -> String? {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue { return url.path }
        guard let siblings = try? manager.contentsOfDirectory(atPath: url.deletingLastPathComponent().path) else { return nil }
        let versioned = siblings.filter { $0.hasPrefix(url.lastPathComponent + ".") }.sorted()
        return versioned.last.map { url.deletingLastPathComponent().appending(path: $0).path }
    }

    private static func pythonFolders(_ environment: [String: String]) -> [URL] {
        var roots: [URL] = []
        for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
            if let path = environment[name] { roots.append(URL(fileURLWithPath: path)) }
        }
        roots += [URL(fileURLWithPath: "/usr/local"), URL(fileURLWithPath: "/usr")]
        return roots.flatMap { root in
            let lib = root.appending(path: "lib")
            let versions = ((try? FileManager.default.contentsOfDirectory(atPath: lib.path)) ?? []).filter { $0.hasPrefix("python3") }.sorted().reversed()
            return versions.flatMap { version in
                ["site-packages", "dist-packages"].map { lib.appending(path: version).appending(path: $0) }
            }
        }
    }
}
