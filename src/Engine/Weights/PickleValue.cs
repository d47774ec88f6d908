using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>A class that a pickle names and that is known to be harmless: nothing is ever called.</summary>
/// <param name="Name">module.class.</param>
internal sealed record PickleGlobal(string Name);

/// <summary>A storage of a checkpoint: a run of elements in an entry of its own.</summary>
/// <param name="Key">Name of the entry below data/.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Count">Elements.</param>
internal sealed record PickleStorage(string Key, ScalarType Type, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">What it views.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">In elements.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
