import Foundation
import NativeLibraries
import Testing

@Suite struct NativeLibraryTests {
    private let absent = NativeLibrary(
        name: "libabsent", purpose: "showing what a missing library looks like", environmentVariable: "TUTTI_NO_SUCH_VARIABLE",
        files: [.init(wheelPath: "absent/lib/libabsent.so", systemNames: ["libabsent-of-tutti.so.1"])], installCommand: "pip install absent")

    @Test func aMissingLibraryNamesEveryPlaceAndTheInstallCommand() {
        do {
            _ = try absent.open()
            Issue.record("a library that does not exist was opened")
        } catch let error as NativeLibraryError {
            #expect(error.code == .notFound)
            #expect(error.description.contains("absent/lib/libabsent.so"))
            #expect(error.description.contains("libabsent-of-tutti.so.1"))
            #expect(error.description.contains("pip install absent"))
        } catch {
            Issue.record("unexpected error: \(error)")
        }
    }

    @Test func aMissingSymbolSaysThatTheLibraryIsTooOld() throws {
        let library = NativeLibrary(
            name: "libc", purpose: "a library that is always there", environmentVariable: "TUTTI_NO_SUCH_VARIABLE",
            files: [.init(wheelPath: "no/such/file", systemNames: ["libc.so.6", "libSystem.dylib"])], installCommand: "none")
        let loaded = try library.open()
        #expect(loaded.address(of: "malloc") != nil)
        #expect(throws: NativeLibraryError.self) { _ = try loaded.symbol("tutti_no_such_function", as: UnsafeRawPointer.self) }
    }

    @Test func placesBeginWithTheUsersOwn() {
        let places = LibrarySearch.places(override: "TUTTI_NO_SUCH_VARIABLE").map(\.lastPathComponent)
        #expect(places.contains(".runtimes"))
        #expect(places.contains("runtimes"))
    }
}
