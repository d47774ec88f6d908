using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Loading;

/// <summary>Creates the context with which the pretext task of an experiment is built.</summary>
internal static class PretextContexts
{
    /// <summary>Classes of random crops in place of those of given places. Null if the task's crops have no classes.</summary>
    /// <param name="task">Config of the task.</param>
    /// <param name="crops">Number of crops.</param>
    /// <param name="device">Device of the model.</param>
    public static Tensor? Classes(IComponentConfig task, int crops, Device device) => task is ICropPlaces ? zeros([crops], ScalarType.Int64, device: device) : null;

    /// <summary>The context of the experiment's task, without the means to create a second encoder.</summary>
    /// <param name="pretrain">The pre-training.</param>
    /// <param name="encoder">The encoder whose features the task reads.</param>
    public static DecoderContext Of(PretrainConfig pretrain, EncoderInfo encoder)
    {
        DataConfig data = pretrain.Data;
        return new DecoderContext(encoder, data.Crop)
        {
            MaskRatio = pretrain.MaskRatio,
            BatchSize = data.Volumes * data.CropsPerVolume,
            Window = data.Intensity.Kind == IntensityKind.Window ? new IntensityRange(data.Window[0], data.Window[1]) : null,
        };
    }
}
