using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>A config of an encoder that does not take crops of every size. <c>validate</c> asks it before anything is computed.</summary>
public interface ICropRule
{
    /// <summary>Why crops of a size are refused, in one sentence that says which sizes are allowed; null where they are taken.</summary>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="use">What the crops are for.</param>
    string? RefusalOf(Size3 crop, EncoderUse use);
}
