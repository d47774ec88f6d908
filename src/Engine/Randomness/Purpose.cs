namespace HiEndMae.Engine.Randomness;

/// <summary>Purposes of random numbers: the first part of a <see cref="RandomSource"/>'s place, so that no two uses share numbers.</summary>
internal static class Purpose
{
    public const long Order = 1;
    public const long Crop = 2;
    public const long Mask = 3;
    public const long HeldOut = 5;
    public const long Bootstrap = 7;
    public const long Subset = 11;
    public const long Augment = 13;
    public const long Validation = 17;
    public const long Analysis = 23;
}
