namespace HiEndMae;

/// <summary>States on the config of an encoder which features it returns, so that <c>validate</c> and the compiler know which decoders and heads fit (HEM027).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GivesAttribute(Features features) : Attribute
{
    /// <summary>The features that the encoder returns.</summary>
    public Features Features { get; } = features;
}
