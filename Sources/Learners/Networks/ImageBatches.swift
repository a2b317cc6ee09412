import Datasets
import Learning
import Torch

/// Images resident on the device as bytes; batches are gathered, augmented and normalised there.
struct ImageBatches: BatchSource {
    /// Mean and standard deviation of each channel, in units of 0...1.
    struct Statistics: Sendable {
        var mean: [Float]
        var standardDeviation: [Float]

        /// Over every pixel of some images. A channel that does not vary gets a deviation of 1.
        init(of images: ImageSet) {
            let channels = images.shape.channels
            var sums = [Int](repeating: 0, count: channels)
            var squares = sums
            images.pixels.withUnsafeBufferPointer { pixels in
                var index = 0
                while index < pixels.count {
                    for channel in 0..<channels {
                        let value = Int(pixels[index + channel])
                        sums[channel] += value
                        squares[channel] += value * value
                    }
                    index += channels
                }
            }
            let count = Double(max(images.pixels.count / channels, 1))
            mean = sums.map { Float(Double($0) / count / 255) }
            standardDeviation = zip(sums, squares).map { sum, square in
                let average = Double(sum) / count
                let variance = max(0, Double(square) / count - average * average)
                return variance > 0 ? Float(variance.squareRoot() / 255) : 1
            }
        }
    }

    /// Random changes while training.
    struct Augmentation: Sendable {
        var flips: Bool
        /// Most pixels that an image is moved by.
        var shift: Int
    }

    let rowCount: Int
    private let pixels: Tensor
    private let labels: Tensor
    private let statistics: Statistics
    private let augmentation: Augmentation
    private let format: MemoryFormat

    init(
        _ images: ImageSet, target: Dataset.Target?, scale: TargetScale, statistics: Statistics, augmentation: Augmentation, format: MemoryFormat,
        device: TorchDevice
    ) throws {
        let shape = images.shape
        let rowMajor = try images.pixels.withUnsafeBytes {
            try Tensor(copying: $0, shape: [images.count, shape.height, shape.width, shape.channels], dtype: .uint8, device: device)
        }
        pixels = try rowMajor.permuted([0, 3, 1, 2]).contiguous()
        labels = try TargetTensor.make(target, scale: scale, device: device)
        rowCount = images.count
        self.statistics = statistics
        self.augmentation = augmentation
        self.format = format
    }

    func batch(_ rows: [Int], augmenting generator: inout TensorGenerator?) throws -> (inputs: [String: Tensor], target: Tensor) {
        var images = try pixels.batch(rows)
        if var drawn = generator {
            if augmentation.flips { images = try images.flippedHorizontally(rows.map { _ in drawn.next() & 1 == 1 }) }
            if augmentation.shift > 0 {
                let limit = augmentation.shift
                let offsets = rows.map { _ in
                    (down: Int(drawn.next() % UInt64(2 * limit + 1)) - limit, right: Int(drawn.next() % UInt64(2 * limit + 1)) - limit)
                }
                images = try images.shifted(offsets, limit: limit)
            }
            generator = drawn
        }
        let normalized = try images.normalizedPixels(mean: statistics.mean, standardDeviation: statistics.standardDeviation, format: format)
        return (["image": normalized], try labels.batch(rows))
    }
}
