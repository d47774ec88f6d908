using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Describes every case of a pre-training by a trained encoder, and lets the pretext task choose places of crops by these descriptions.</summary>
/// <param name="pretrain">The pre-training that will use the places.</param>
/// <param name="dataset">Its dataset.</param>
/// <param name="model">The encoder that describes whole cases.</param>
/// <param name="factory">Creates components.</param>
/// <param name="context">How cases are opened.</param>
internal sealed class PlaceSearch(PretrainConfig pretrain, Dataset dataset, AnalyzedModel model, ComponentFactory factory, StageContext context)
{
    /// <summary>Chooses the places.</summary>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <exception cref="UserException">The task chooses no places, or the model was not trained on cases of one size.</exception>
    /// <exception cref="VolumeException">A case cannot be prepared.</exception>
    public IReadOnlyList<CropPlace> Run(ulong seed, CancellationToken cancel)
    {
        if (pretrain.Decoder is not IPlaceFinder finder) throw new UserException($"The task '{pretrain.Decoder.Plugin}' of [pretrain.decoder] chooses no places. Name an experiment with one that does, such as transvw.");
        if (model.Config.Pretrain?.Data is not { Resize: not null } whole)
            throw new UserException($"'{model.Label}' was not pre-trained on cases of one size, so its features of different cases cannot be compared. Train an auto-encoder with [pretrain.data] resize.");
        IReadOnlyList<DatasetCase> cases = StageData.PretrainingCases(dataset, pretrain.Data);
        Dictionary<string, double[]> features = Features(cases, whole, cancel);
        using PreparedCases prepared = StageData.Prepare(cases, CasePreparer.ForTraining(pretrain.Data, dataset.Info, withLabels: false), context, cancel).Prepared;
        return finder.Find([.. Enumerable.Range(0, prepared.Count).Where(index => features.ContainsKey(prepared[index].Id)).Select(index => new DescribedCase(prepared[index].Id, prepared[index].Size, features[prepared[index].Id]))], pretrain.Data.Crop, seed);
    }

    private Dictionary<string, double[]> Features(IReadOnlyList<DatasetCase> cases, DataConfig whole, CancellationToken cancel)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using PreparedCases prepared = StageData.Prepare(cases, CasePreparer.ForTraining(whole, dataset.Info, withLabels: false), context, cancel).Prepared;
        Encoder encoder = model.Load(factory, prepared.Channels, context.Device);
        var features = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (int index = 0; index < prepared.Count; index++)
        {
            cancel.ThrowIfCancellationRequested();
            using DisposeScope one = NewDisposeScope();
            Volume<float> image = prepared[index].DecodeImage();
            Tensor volume = tensor(image.Voxels, [1, image.Channels, image.Size.X, image.Size.Y, image.Size.Z]).to(context.Device);
            Tensor map = encoder.Encode(volume, []) switch
            {
                FeaturePyramid pyramid => pyramid.Levels[^1].mean([2, 3, 4]),
                TokenFeatures tokens => tokens.Tokens.mean([1]),
                EncoderFeatures other => throw new UserException($"The encoder '{model.Config.Encoder.Plugin}' returns {other.GetType().Name}, which has no mean."),
            };
            features[prepared[index].Id] = map.to(ScalarType.Float64).cpu().data<double>().ToArray();
        }
        return features;
    }
}
