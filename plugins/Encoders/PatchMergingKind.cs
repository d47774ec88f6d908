namespace HiEndMae.Plugins.Encoders;

/// <summary>Which tokens of a cube of eight are merged.</summary>
public enum PatchMergingKind
{
    /// <summary>Six of the eight, two of them twice: MONAI 0.9 to 1.4, what official weights were trained with.</summary>
    Merging,

    /// <summary>All eight: MONAI's mergingv2.</summary>
    Mergingv2,
}
