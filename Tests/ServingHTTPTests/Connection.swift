import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
    private let streamKind = Int32(SOCK_STREAM.rawValue)
    private let quietly = Int32(MSG_NOSIGNAL)
#elseif canImport(Darwin)
    import Darwin
    private let streamKind = SOCK_STREAM
    private let quietly: Int32 = 0
#endif

/// A client's end of a connection, without any library that would hide what goes over it.
final class Connection: @unchecked Sendable {
    struct Failure: Error {
        var action: String
        var number = errno
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isClosed = false

    init(port: Int) throws {
        descriptor = socket(AF_INET, streamKind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else {
            close()
            throw Failure(action: "connect")
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    static func request(_ line: String, body: String = "", header: String = "") -> String {
        "\(line) HTTP/1.1\r\nHost: x\r\n\(header)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write($0) }
            guard count > 0 else { throw Failure(action: "send") }
            bytes = bytes.dropFirst(count)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, quietly)
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, quietly)
        #endif
    }

    func ask(_ line: String, body: String = "", header: String = "") async throws -> String {
        try send(Self.request(line, body: body, header: header))
        return try await receive()
    }

    /// The next answer, head and body; with `untilClosed` whatever comes until the server closes.
    func receive(untilClosed: Bool = false) async throws -> String {
        // Blocks, so not on a thread of the cooperative pool.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { [self] in continuation.resume(with: Result { try receiveBlocking(untilClosed) }) }
        }
    }

    private func receiveBlocking(_ untilClosed: Bool) throws -> String {
        while true {
            if !untilClosed, let length = answerLength() {
                defer { received.removeFirst(length) }
                return String(decoding: received[..<length], as: UTF8.self)
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if untilClosed, count == 0 || (count < 0 && errno == ECONNRESET) { return String(decoding: received, as: UTF8.self) }
            guard count > 0 else { throw Failure(action: "receive") }
            received += chunk[..<count]
        }
    }

    /// Bytes of the first whole answer that has arrived.
    private func answerLength() -> Int? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound].lowercased()
        let length = head.components(separatedBy: "content-length: ").dropFirst().first?.prefix { $0.isNumber }
        let total = text[..<end.upperBound].utf8.count + (length.flatMap { Int($0) } ?? 0)
        return received.count >= total ? total : nil
    }
}
