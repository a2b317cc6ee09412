/// The version of Tutti, as `tutti --version` prints it and as runs record it.
public let tuttiVersion = "0.1.0"
