namespace HiEndMae;

/// <summary>Requires that values elsewhere in the experiment are multiples of this one, axis by axis for sizes. Keys of stages that an experiment does not have are ignored.</summary>
/// <param name="keys">Dotted keys, such as "pretrain.data.crop".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DividesAttribute(params string[] keys) : Attribute
{
    /// <summary>Dotted keys.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}
