import Datasets
import Testing

@Suite struct SchemaReadingTests {
    private let training = "age,city,member,day,y\n30,Oslo,true,2024-01-01,no\n40,Rome,false,2024-01-02,yes\n50,Oslo,true,2024-01-03,no\n"

    private func predictionData(_ text: String) throws -> (dataset: Dataset, report: ReadReport) {
        let schema = try read(training, ReadOptions(target: "y")).schema
        return try DatasetReader.read(text: Array(text.utf8), name: "new.csv", schema: schema)
    }

    private func table(_ dataset: Dataset) throws -> Table {
        guard case .table(let table) = dataset.features else { throw DatasetError(.unknownFormat, "no table") }
        return table
    }

    @Test func `columns come in the model's order with the model's codes`() throws {
        let (dataset, report) = try predictionData("extra,day,member,city,age\nq,2024-05-01,TRUE,Rome,1\nq,,,Oslo,\n")
        let table = try table(dataset)
        #expect(table.columns.map(\.name) == ["age", "city", "member", "day"])
        #expect(table["city"]?.values == .codes([1, 0], levels: ["Oslo", "Rome"]))
        #expect(table["member"]?.values == .codes([1, -1], levels: ["false", "true"]))
        #expect(table["age"]?.missingCount == 1)
        #expect(dataset.target == nil)
        #expect(report.unseenLevelCounts.isEmpty)
    }

    @Test func `levels that the model does not know are missing and counted`() throws {
        let (dataset, report) = try predictionData("age,city,member,day\n1,Paris,true,\n2,Rome,true,\n3,Paris,true,\n4,Bonn,true,\n")
        #expect(try table(dataset)["city"]?.values == .codes([-1, 1, -1, -1], levels: ["Oslo", "Rome"]))
        #expect(report.unseenLevelCounts == ["city": 3])
        #expect(report.notes.first?.contains("'Paris'") == true)
    }

    @Test func `a missing column is an error that names it`() {
        let error = #expect(throws: DatasetError.self) { try predictionData("age,City,member,day\n1,Oslo,true,\n") }
        #expect(error?.code == .schemaMismatch)
        #expect(error?.message.contains("'city'") == true)
        #expect(error?.message.contains("'City'") == true)
    }

    @Test func `a word in a column of numbers is an error with its place`() {
        let error = #expect(throws: DatasetError.self) { try predictionData("age,city,member,day\n1,Oslo,true,\nold,Oslo,true,\n") }
        #expect(error?.code == .badCell)
        #expect(error?.line == 3)
        #expect(error?.column?.name == "age")
    }

    @Test func `the target is read where it is there, and no row is left out`() throws {
        let (dataset, report) = try predictionData("age,city,member,day,y\n1,Oslo,true,,yes\n2,Oslo,true,,\n3,Oslo,true,,perhaps\n")
        #expect(dataset.target == .classes([1, -1, -1], names: ["no", "yes"]))
        #expect(report.unseenLevelCounts == ["y": 1])
        #expect(try predictionData("age,city,member,day,y\n1,Oslo,true,,\n").dataset.target == nil)
    }

    @Test func `a column that is empty now is read as missing`() throws {
        let (dataset, _) = try predictionData("age,city,member,day\n,,,\n,,,\n")
        #expect(try table(dataset).columns.map(\.missingCount) == [2, 2, 2, 2])
    }

    @Test func `other spellings of a number find its level`() throws {
        let schema = try read("c,y\n1,a\n2,b\n", ReadOptions(target: "y", kinds: ["c": .category])).schema
        let dataset = try DatasetReader.read(text: Array("c\n2.0\n1\n3\n".utf8), name: "new", schema: schema).dataset
        #expect(try table(dataset)["c"]?.values == .codes([1, 0, -1], levels: ["1", "2"]))
    }
}
