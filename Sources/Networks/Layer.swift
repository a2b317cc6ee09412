/// One step of a network. Values flow between layers in rows; images are laid out `[rows, channels, height, width]`.
///
/// In JSON a layer is an object with one key, its kind: `{"conv2d": {"outChannels": 64, "kernel": 3, …}}`, `{"relu": {}}`.
public enum Layer: Sendable, Hashable {
    case conv2d(Conv2d)
    case linear(Linear)
    case embedding(Embedding)
    case batchNorm(BatchNorm)
    case layerNorm(LayerNorm)
    /// max(x, 0).
    case relu
    /// x·Φ(x) with the exact normal distribution function, not its tanh approximation.
    case gelu
    /// x·sigmoid(x), also known as Swish.
    case silu
    case tanh
    case sigmoid
    /// Zeroes values while training; the identity afterwards.
    case dropout(Dropout)
    case maxPool(Pool)
    /// Mean over each window; padding does not enter the mean.
    case averagePool(Pool)
    /// Mean of each channel: `[C, H, W]` → `[C]`.
    case globalAveragePool
    /// `[C, H, W]` → `[C·H·W]`, row-major.
    case flatten
    /// Sum of two or more values of one shape.
    case add
    /// Product of two values of one shape, or of an image `[C, H, W]` and a vector `[C]` that scales its channels.
    case multiply
    /// Joins vectors end to end, or images of one size by their channels.
    case concatenate
    case spaceToDepth(SpaceToDepth)
}

/// Height and width of a window, its step or its margin. An integer literal, and in JSON a number, stands for a square.
public struct Extent: Sendable, Hashable, ExpressibleByIntegerLiteral {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    public init(integerLiteral value: Int) { self.init(height: value, width: value) }
    public init(_ side: Int) { self.init(height: side, width: side) }

    public var area: Int { height * width }
}

/// Convolution over images. Weight `[outChannels, inChannels / groups, kernel.height, kernel.width]`.
public struct Conv2d: Codable, Sendable, Hashable {
    public var outChannels: Int
    public var kernel: Extent
    public var stride: Extent
    /// Zeros added on both sides of each axis.
    public var padding: Extent
    public var groups: Int
    public var bias: Bool

    public init(outChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0, groups: Int = 1, bias: Bool = true) {
        self.outChannels = outChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        self.bias = bias
    }
}

/// A matrix product on vectors. Weight `[outFeatures, inFeatures]`.
public struct Linear: Codable, Sendable, Hashable {
    public var outFeatures: Int
    public var bias: Bool

    public init(outFeatures: Int, bias: Bool = true) {
        self.outFeatures = outFeatures
        self.bias = bias
    }
}

/// A table with one vector per level of a category. Weight `[levels, dimension]`; the input is an index below `levels`.
public struct Embedding: Codable, Sendable, Hashable {
    public var levels: Int
    public var dimension: Int

    public init(levels: Int, dimension: Int) {
        self.levels = levels
        self.dimension = dimension
    }
}

/// Normalisation of each channel over the batch while training, by running statistics afterwards (Ioffe and Szegedy 2015).
public struct BatchNorm: Codable, Sendable, Hashable {
    /// Added to the variance.
    public var epsilon: Double
    /// Share of the new batch in the running statistics.
    public var momentum: Double
    /// Starts the scale at zero, so that a residual block begins as the identity (Goyal et al. 2017, section 5.1).
    public var startsAtZero: Bool

    public init(epsilon: Double = 1e-5, momentum: Double = 0.1, startsAtZero: Bool = false) {
        self.epsilon = epsilon
        self.momentum = momentum
        self.startsAtZero = startsAtZero
    }
}

/// Normalisation of each vector by its own mean and variance (Ba et al. 2016).
public struct LayerNorm: Codable, Sendable, Hashable {
    /// Added to the variance.
    public var epsilon: Double

    public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }
}

public struct Dropout: Codable, Sendable, Hashable {
    /// Share of values that are zeroed, below 1.
    public var probability: Double

    public init(probability: Double) { self.probability = probability }
}

/// A window that slides over each channel of an image.
public struct Pool: Codable, Sendable, Hashable {
    public var kernel: Extent
    public var stride: Extent
    /// Margin on both sides of each axis; at most half the kernel.
    public var padding: Extent

    public init(kernel: Extent, stride: Extent, padding: Extent = 0) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

/// Moves square blocks of pixels into channels: `[C, H, W]` → `[C·b², H/b, W/b]`.
///
/// Output channel `c·b² + y·b + x` holds pixel (y, x) of each block of channel c, as PyTorch's `pixel_unshuffle` does.
/// (ONNX's SpaceToDepth orders them otherwise; the exporter takes care.)
public struct SpaceToDepth: Codable, Sendable, Hashable {
    /// Side b of a block in pixels.
    public var block: Int

    public init(block: Int) { self.block = block }
}
