import Testing

/// All tests of the command, one after the other: each starts processes that use every core.
@Suite("The tutti command", .serialized)
enum CommandTests {}
