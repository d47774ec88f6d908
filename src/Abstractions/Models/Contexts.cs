using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>What an encoder is built for.</summary>
public enum EncoderUse
{
    /// <summary>Masked pre-training: class token, fixed positions.</summary>
    Pretraining,

    /// <summary>Segmentation: no class token, positions trained on.</summary>
    Segmentation,
}

/// <summary>Given to an encoder's constructor.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="CropSize">Voxels of a crop.</param>
/// <param name="Use">Pre-training or segmentation.</param>
public sealed record EncoderContext(int InChannels, Size3 CropSize, EncoderUse Use);

/// <summary>Given to a decoder's constructor.</summary>
/// <param name="Encoder">The encoder it reads.</param>
/// <param name="CropSize">Voxels of a crop.</param>
public sealed record DecoderContext(EncoderInfo Encoder, Size3 CropSize);

/// <summary>Given to a head's constructor.</summary>
/// <param name="Encoder">The encoder it reads.</param>
/// <param name="CropSize">Voxels of a crop.</param>
/// <param name="NumClasses">K, background included.</param>
public sealed record HeadContext(EncoderInfo Encoder, Size3 CropSize, int NumClasses);

/// <summary>Given to a dataset's constructor.</summary>
/// <param name="Warn">Takes a sentence that the user should see.</param>
public sealed record DatasetContext(Action<string> Warn)
{
    /// <summary>Stops the search for files.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>Makes another dataset, for datasets that are made of such; null where there is nobody to.</summary>
    public Func<IComponentConfig, Dataset>? Open { get; init; }
}
