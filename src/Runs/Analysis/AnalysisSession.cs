using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>The encoders of one call and the data on which they are compared, which is that of the first encoder's experiment.</summary>
internal sealed class AnalysisSession
{
    private readonly ComponentFactory factory;
    private readonly Dataset dataset;
    private readonly StageContext context;

    /// <summary>Opens the dataset. Reads no case yet.</summary>
    /// <param name="catalog">Components.</param>
    /// <param name="models">The models, at least one.</param>
    /// <param name="device">Device of the encoders.</param>
    /// <param name="seed">Seed of the call.</param>
    /// <param name="progress">Shows the preparation of cases.</param>
    /// <param name="note">Receives messages for the user.</param>
    /// <param name="clock">Time.</param>
    /// <param name="cancel">Stops the listing of cases.</param>
    /// <exception cref="VolumeException">The data does not match the experiment.</exception>
    public AnalysisSession(PluginCatalog catalog, IReadOnlyList<AnalyzedModel> models, Device device, int seed, IProgressDisplay progress, Action<string> note, TimeProvider clock, CancellationToken cancel)
    {
        factory = new ComponentFactory(catalog);
        Models = models;
        Device = device;
        Data = models[0].Data;
        dataset = factory.CreateDataset(Data.Dataset, message => note($"warning: {message}"), cancel);
        context = new StageContext(seed, device, DataServices.Of(models[0].Config, models[0].Runs), new ProgressOnly(progress, note), clock);
    }

    /// <summary>The encoders, in the order of the command line.</summary>
    public IReadOnlyList<AnalyzedModel> Models { get; }

    /// <summary>Device of the encoders.</summary>
    public Device Device { get; }

    /// <summary>Grid, intensities and crop.</summary>
    public DataConfig Data { get; }

    /// <summary>Names of the dataset, its channels and its classes.</summary>
    public DatasetInfo Info => dataset.Info;

    /// <summary>Channels of the images.</summary>
    public int Channels => Info.ChannelNames.Count;

    /// <summary>Patch of the first encoder, or its coarsest stride.</summary>
    public Size3 Patch { get; private set; }

    /// <summary>Checks that every encoder supports the analysis, and that all have equal crops and, if the analysis depends on them, equal patches. Otherwise their numbers cannot be compared.</summary>
    /// <param name="need">What the analysis needs.</param>
    /// <param name="layers">The requested blocks, which each encoder must have.</param>
    /// <exception cref="UserException">An encoder does not support the analysis, or the encoders cannot be compared.</exception>
    public void Check(AnalysisNeed need, params IReadOnlyList<int> layers)
    {
        Size3? patch = null;
        foreach (AnalyzedModel model in Models)
        {
            using DisposeScope scope = NewDisposeScope();
            Encoder encoder = Untrained(model, 0);
            if (model.Data.Crop != Data.Crop)
                throw new UserException($"'{model.Label}' has crops of {model.Data.Crop} and '{Models[0].Label}' of {Data.Crop}, so their numbers cannot be compared. Analyse them in two calls.");
            if (encoder is TokenEncoder && need == AnalysisNeed.Attention && encoder is not ITracedEncoder)
                throw new UserException($"The encoder '{model.Config.Encoder.Plugin}' of '{model.Label}' does not support attention analysis (it is not an ITracedEncoder). Use --what cka or --what probe.");
            if (encoder is not TokenEncoder tokens)
            {
                if (need == AnalysisNeed.Layers) continue;
                throw new UserException(
                    $"The encoder '{model.Config.Encoder.Plugin}' of '{model.Label}' returns a pyramid of feature maps. It has no {Missing(need)}; use --what cka (without --mask-ratio), segment or target.");
            }
            TokenEncoderInfo info = tokens.TokenInfo;
            // Ranks are bounded by the number of patches, and a mask hides patches of one size. CKA of whole crops averages features to a common grid.
            if (need != AnalysisNeed.Layers && patch is { } first && info.PatchSize != first)
                throw new UserException($"'{model.Label}' has patches of {info.PatchSize}, '{Models[0].Label}' patches of {first}, so their numbers cannot be compared. Analyse them in two calls.");
            patch ??= info.PatchSize;
            if (layers.Where(layer => layer >= info.Depth).ToArray() is [var deep, ..])
                throw new UserException($"--layers names block {deep}, but the blocks of '{model.Label}' are 0 to {info.Depth - 1}.");
        }
        Patch = patch ?? Data.Crop;
    }

    /// <summary>Opens prepared cases.</summary>
    /// <param name="split">The split.</param>
    /// <param name="most">Largest number of cases; 0 for all.</param>
    /// <param name="mustHaveLabels">Whether cases without labels are left out.</param>
    /// <param name="cancel">Stops the preparation.</param>
    /// <exception cref="VolumeException">There is no such case.</exception>
    public PreparedCases Open(DatasetSplit split, int most, bool mustHaveLabels, CancellationToken cancel)
    {
        return Open(Cases(split, most, mustHaveLabels), cancel);
    }

    /// <summary>Opens prepared cases. Labels are read if every case has them.</summary>
    public PreparedCases Open(IReadOnlyList<DatasetCase> cases, CancellationToken cancel)
    {
        bool withLabels = Info.LabelNames.Count > 0 && cases.All(one => one.HasLabel);
        return StageData.Prepare(cases, CasePreparer.ForTraining(Data, Info, withLabels), context, cancel).Prepared;
    }

    /// <summary>Returns the cases of a split.</summary>
    /// <exception cref="VolumeException">There is no such case.</exception>
    public DatasetCase[] Cases(DatasetSplit split, int most, bool mustHaveLabels)
    {
        DatasetCase[] cases = [.. dataset.Cases(split).Where(one => one.HasLabel || !mustHaveLabels)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{Info.Name}' has no {(mustHaveLabels ? "labelled " : "")}{split.ToString().ToLowerInvariant()} cases. Choose another --split.");
        return most > 0 && most < cases.Length ? cases[..most] : cases;
    }

    /// <summary>Returns the crops for all encoders. Call <see cref="Check"/> first.</summary>
    public ProbeCrops Crops(PreparedCases cases, int perCase, int seed) => new(cases, Data.Crop, Patch, Math.Max(1, Info.LabelNames.Count), perCase, seed);

    /// <summary>Loads an encoder into the current dispose scope.</summary>
    public Encoder Load(AnalyzedModel model) => model.Load(factory, Channels, Device);

    /// <summary>Loads the encoder and the decoder of a pre-training into the current dispose scope.</summary>
    public (Encoder Encoder, Decoder Decoder) LoadPretraining(AnalyzedModel model) => model.LoadPretraining(factory, Channels, Device);

    /// <summary>Creates an untrained encoder of the same architecture from another seed.</summary>
    public Encoder Untrained(AnalyzedModel model, int seed) => model.Random(factory, Channels, seed, Device);

    private static string Missing(AnalysisNeed need) => need switch
    {
        AnalysisNeed.Attention => "attention over the whole crop to analyse",
        AnalysisNeed.Masks => "patch tokens to hide",
        _ => "patch tokens to probe",
    };
}
