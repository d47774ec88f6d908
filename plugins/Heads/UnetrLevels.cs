using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Heads;

/// <summary>Which of UNETR's three stages double the size: as many of the last ones as leave the maps coarser than the crop.</summary>
/// <param name="NumDoublings">0 to 3.</param>
/// <param name="EndsWithDoubling">Whether one more doubling leads to the crop; otherwise the last step resizes.</param>
internal readonly record struct UnetrLevels(int NumDoublings, bool EndsWithDoubling)
{
    /// <summary>Stages between the tokens and the last step, each with a skip.</summary>
    public const int NumStages = 3;

    /// <summary>The levels of a patch size.</summary>
    /// <param name="patch">Voxels of a patch: the factor from the grid of tokens to the crop.</param>
    public static UnetrLevels Of(Size3 patch)
    {
        int least = Math.Min(patch.X, Math.Min(patch.Y, patch.Z)), doublings = 0;
        while (doublings < NumStages && 2 << doublings < least) doublings++;
        return new UnetrLevels(doublings, patch == Size3.Cube(2 << doublings));
    }

    /// <summary>Whether a stage doubles.</summary>
    /// <param name="stage">0 for the one after the tokens.</param>
    public bool Doubles(int stage) => stage >= NumStages - NumDoublings;

    /// <summary>Doublings from the tokens to the end of a stage.</summary>
    /// <param name="stage">0 for the one after the tokens.</param>
    public int DoublingsAfter(int stage) => Math.Max(0, stage + 1 - (NumStages - NumDoublings));
}
