namespace HiEndMae;

/// <summary>States on the config of a decoder or head which features it can read, so that <c>validate</c> and the compiler know which encoders fit (HEM027).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReadsAttribute(Features features) : Attribute
{
    /// <summary>The features that the component can read. Several are alternatives.</summary>
    public Features Features { get; } = features;
}
