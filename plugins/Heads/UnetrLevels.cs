using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Heads;

/// <summary>Decides which of UNETR's three stages double the size: as many of the last stages as possible without reaching the size of the crop.</summary>
/// <param name="NumDoublings">0 to 3.</param>
/// <param name="EndsWithDoubling">Whether one more doubling gives the size of the crop; otherwise the last step resizes.</param>
internal readonly record struct UnetrLevels(int NumDoublings, bool EndsWithDoubling)
{
    /// <summary>Stages between the tokens and the last step, each with a skip.</summary>
    public const int NumStages = 3;

    /// <summary>The levels of a patch size.</summary>
    /// <param name="patch">Edge of a patch in voxels: the factor from the token grid to the crop.</param>
    public static UnetrLevels Of(Size3 patch)
    {
        int least = Math.Min(patch.X, Math.Min(patch.Y, patch.Z)), doublings = 0;
        while (doublings < NumStages && 2 << doublings < least) doublings++;
        return new UnetrLevels(doublings, patch == Size3.Cube(2 << doublings));
    }

    /// <summary>Whether a stage doubles.</summary>
    /// <param name="stage">0 for the one after the tokens.</param>
    public bool Doubles(int stage) => stage >= NumStages - NumDoublings;

    /// <summary>Number of doublings from the tokens to the end of a stage.</summary>
    /// <param name="stage">0 for the one after the tokens.</param>
    public int DoublingsAfter(int stage) => Math.Max(0, stage + 1 - (NumStages - NumDoublings));
}
