import Foundation

/// What a path means.
enum OIPRoute: Equatable {
    struct Model: Equatable {
        var name: String
        /// nil: any.
        var version: String?
    }

    case live, ready, server, index, metrics
    case model(Model)
    case modelReady(Model)
    case infer(Model)
    case config(Model)
    /// nil: of all models.
    case statistics(Model?)
    case load(String)
    case unload(String)

    /// Queries are ignored, a slash at the end too; names come percent-encoded.
    /// - Throws: ``OIPError`` 404 for any other path, 400 for a name that is not encoded rightly.
    init(path: String) throws {
        let plain = path.prefix { $0 != "?" && $0 != "#" }
        var parts = try plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            guard let decoded = part.removingPercentEncoding else {
                throw OIPError.bad("the path part '\(part)' is not percent-encoded UTF-8")
            }
            return decoded
        }
        if parts.last == "" { parts.removeLast() }
        guard let route = Self.route(parts) else { throw OIPError(404, "there is nothing at \(plain.prefix(200))") }
        self = route
    }

    private static func route(_ parts: [String]) -> OIPRoute? {
        switch parts {
        case ["metrics"]: return .metrics
        case ["v2"]: return .server
        case ["v2", "health", "live"]: return .live
        case ["v2", "health", "ready"]: return .ready
        case ["v2", "models", "stats"]: return .statistics(nil)
        case ["v2", "repository", "index"]: return .index
        default: break
        }
        guard parts.count >= 3, parts[0] == "v2", !parts[2].isEmpty else { return nil }
        if parts[1] == "repository", parts.count == 5, parts[2] == "models", !parts[3].isEmpty {
            switch parts[4] {
            case "load": return .load(parts[3])
            case "unload": return .unload(parts[3])
            default: return nil
            }
        }
        guard parts[1] == "models" else { return nil }
        var model = Model(name: parts[2])
        var rest = parts.dropFirst(3)
        if rest.first == "versions" {
            guard rest.count >= 2 else { return nil }
            model.version = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard let verb = rest.first else { return .model(model) }
        guard rest.count == 1 else { return nil }
        switch verb {
        case "ready": return .modelReady(model)
        case "infer": return .infer(model)
        case "config": return .config(model)
        case "stats": return .statistics(model)
        default: return nil
        }
    }
}
