namespace HiEndMae.Plugins.Encoders;

/// <summary>Which tokens of a cube of eight are merged.</summary>
public enum PatchMergingKind
{
    /// <summary>Six of the eight tokens, two of them twice, as in MONAI 0.9 to 1.4. Official weights were trained with this.</summary>
    Merging,

    /// <summary>All eight tokens: MONAI's mergingv2.</summary>
    Mergingv2,
}
