using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>A harmless class or function that a pickle names. It is never called.</summary>
/// <param name="Name">module.class.</param>
internal sealed record PickleGlobal(string Name);

/// <summary>A storage of a checkpoint: elements in a separate entry of the archive.</summary>
/// <param name="Key">Name of the entry in data/.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Count">Elements.</param>
internal sealed record PickleStorage(string Key, ScalarType Type, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Index of the first element.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">In elements.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
