using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>The stage for which an encoder is built.</summary>
public enum EncoderUse
{
    /// <summary>Masked pre-training: with a class token and fixed position embeddings.</summary>
    Pretraining,

    /// <summary>Segmentation: without a class token, with trainable position embeddings.</summary>
    Segmentation,
}

/// <summary>Passed to the constructor of an encoder.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="CropSize">Size of a crop in voxels.</param>
/// <param name="Use">Pre-training or segmentation.</param>
public sealed record EncoderContext(int InChannels, Size3 CropSize, EncoderUse Use);

/// <summary>Passed to the constructor of a pretext task.</summary>
/// <param name="Encoder">The encoder whose features the task reads.</param>
/// <param name="CropSize">Size of a crop in voxels.</param>
public sealed record DecoderContext(EncoderInfo Encoder, Size3 CropSize)
{
    /// <summary>Fraction of the tokens or cells that is hidden: <c>mask_ratio</c> of <c>[pretrain]</c>.</summary>
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Creates another encoder of the same config with its own initial weights, for teachers. The task owns it. Null if no encoder can be created.</summary>
    public Func<Encoder>? NewEncoder { get; init; }

    /// <summary>Crops in a batch: <c>volumes</c> times <c>crops_per_volume</c> of <c>[pretrain.data]</c>. Null if it is not known.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The intensity window of <c>[pretrain.data]</c>, for tasks that need intensities in HU. Null if intensities are scaled in another way.</summary>
    public IntensityRange? Window { get; init; }
}

/// <summary>Passed to the constructor of a head.</summary>
/// <param name="Encoder">The encoder whose features the head reads.</param>
/// <param name="CropSize">Size of a crop in voxels.</param>
/// <param name="NumClasses">Number of classes K, background included.</param>
public sealed record HeadContext(EncoderInfo Encoder, Size3 CropSize, int NumClasses);

/// <summary>Passed to the constructor of a dataset.</summary>
/// <param name="Warn">Shows a warning to the user.</param>
public sealed record DatasetContext(Action<string> Warn)
{
    /// <summary>Stops the search for files.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>Creates another dataset, for datasets that combine several. Null if that is not possible.</summary>
    public Func<IComponentConfig, Dataset>? Open { get; init; }
}
