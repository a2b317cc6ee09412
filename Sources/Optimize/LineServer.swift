import Foundation
import Search

/// Feeds a session from a file descriptor, line by line.
public struct LineServer {
    /// How often a wish to stop is looked for while no line comes.
    private static let pollMs: Int32 = 100

    private let session: AskTellSession
    private let input: Int32

    /// - Parameter input: The descriptor that requests are read from; it stays open.
    public init(_ session: AskTellSession, input: Int32) {
        self.session = session
        self.input = input
    }

    /// Answers until the end of the input, or until asked to stop; then ends the session.
    ///
    /// - Parameters:
    ///   - isStopping: Asked between lines and ten times a second.
    ///   - send: Takes an answer, without its line end.
    /// - Throws: what `send` throws; `SearchError` (`storage`) when the session cannot be ended.
    public func serve(isStopping: () -> Bool, send: (String) throws -> Void) throws {
        do {
            try answerAll(isStopping, send)
        } catch {
            try? session.end()
            throw error
        }
        try session.end()
    }

    private func answerAll(_ isStopping: () -> Bool, _ send: (String) throws -> Void) throws {
        var splitter = LineSplitter()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isStopping() {
            var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Self.pollMs) > 0 else { continue }
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count <= 0 {
                if let line = splitter.finish() { try answer(line, send) }
                break
            }
            for line in splitter.add(buffer[..<count]) { try answer(line, send) }
        }
    }

    private func answer(_ line: LineSplitter.Line, _ send: (String) throws -> Void) throws {
        if line.isCut {
            try send(AskTellSession.failure("the line is longer than \(LineSplitter.limitBytes) bytes; expected one request per line"))
        } else if let answer = session.answer(line.text) {
            try send(answer)
        }
    }
}
