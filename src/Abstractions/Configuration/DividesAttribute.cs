namespace HiEndMae;

/// <summary>Values elsewhere in the experiment must be multiples of this one, axis by axis for sizes; stages that an experiment lacks do not count.</summary>
/// <param name="keys">Dotted keys, such as "pretrain.data.crop".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DividesAttribute(params string[] keys) : Attribute
{
    /// <summary>Dotted keys.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}
