import Testing

@testable import Charts

@Suite struct LabelPlacerTests {
    @Test(arguments: 1..<7)
    func labelsOfOneSpotDoNotOverlap(count: Int) {
        var placer = LabelPlacer(plot: .init(x: 0, y: 0, width: 400, height: 300), marks: [], points: [])
        var boxes: [LabelPlacer.Box] = []
        for index in 0..<count {
            let place = placer.place(50, height: 16, at: (x: 200 + Double(index), y: 150))
            let box = LabelPlacer.Box(x: place.x, y: place.y - 16 * 0.78, width: 50, height: 16)
            #expect(!boxes.contains { $0.overlaps(box) }, "label \(index)")
            boxes.append(box)
        }
    }

    @Test func aLabelStaysInsideThePlot() {
        var placer = LabelPlacer(plot: .init(x: 0, y: 0, width: 400, height: 300), marks: [], points: [])
        let place = placer.place(80, height: 16, at: (x: 399, y: 1))
        #expect(place.x + 80 <= 400)
        #expect(place.y - 16 * 0.78 >= 0)
    }
}
