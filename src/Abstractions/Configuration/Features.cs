namespace HiEndMae;

/// <summary>Kinds of features that encoders return and that decoders and heads read.</summary>
[Flags]
public enum Features
{
    /// <summary>None is stated. Whether components fit is then found when they are built.</summary>
    None = 0,

    /// <summary>Patch tokens (<see cref="TokenFeatures"/>).</summary>
    Tokens = 1,

    /// <summary>Feature maps at several strides (<see cref="FeaturePyramid"/>).</summary>
    Pyramid = 2,
}
