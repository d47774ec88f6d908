using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Reconstructs the same crops with several pre-trained models at several mask ratios (Figures S5 and S6). The mask of a higher ratio contains that of a lower one.</summary>
/// <param name="session">Models and their data.</param>
/// <param name="progress">Shows the progress.</param>
internal sealed class ReconstructionAnalysis(AnalysisSession session, IProgressDisplay progress)
{
    private const string Definition =
        "mean squared error over the voxels of hidden patches, intensities from 0 to 1; hidden patches are shown as the model reconstructs them, visible ones as they came; the masks are the same for every model, and a higher ratio hides the patches of a lower one too";

    /// <summary>Computes the reconstructions.</summary>
    /// <exception cref="UserException">A model does not reconstruct masked patches.</exception>
    /// <exception cref="Engine.Weights.CheckpointException">A checkpoint has no decoder.</exception>
    public IReadOnlyList<RebuiltCrop> Run(ReconstructionRequest request, CancellationToken cancel)
    {
        session.Check(AnalysisNeed.Masks);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using PreparedCases cases = session.Open(request.Split, request.Cases, mustHaveLabels: false, cancel);
        ProbeCrops crops = session.Crops(cases, 1, request.Seed);
        Size3 size = session.Data.Crop;
        List<List<(float[] Rebuilt, double Error)>>[] found = [.. crops.Places().Select(_ => request.Ratios.Select(_ => new List<(float[], double)>()).ToList())];
        float[][] inputs = new float[found.Length][];
        float[][][] masked = [.. found.Select(_ => new float[request.Ratios.Count][])];
        int at = 0, count = session.Models.Count * found.Length;
        foreach (AnalyzedModel model in session.Models)
        {
            using DisposeScope one = NewDisposeScope();
            (Encoder encoder, Decoder decoder) = session.LoadPretraining(model);
            if (!decoder.UsesMask)
                throw new UserException($"'{model.Label}' was pre-trained by '{model.Config.Pretrain!.Decoder.Plugin}', which does not reconstruct masked patches. Leave it out of --what reconstruct.");
            TokenEncoderInfo tokens = ((TokenEncoder)encoder).TokenInfo;
            foreach ((int index, int number) in crops.Places())
            {
                Tensor volume = crops.Cut(index, number).Volume.to(session.Device);
                inputs[index] = First(volume);
                for (int r = 0; r < request.Ratios.Count; r++)
                {
                    cancel.ThrowIfCancellationRequested();
                    using DisposeScope inner = NewDisposeScope();
                    using TokenMask mask = RandomMasking.Create(1, (int)tokens.Grid.Count, request.Ratios[r], request.Seed, index, session.Device);
                    Reconstruction rebuilt = decoder.Reconstruct(encoder, new PretextBatch(volume, mask))
                        ?? throw new UserException($"'{model.Label}' was pre-trained by '{model.Config.Pretrain!.Decoder.Plugin}', which does not reconstruct crops. Leave it out of --what reconstruct.");
                    masked[index][r] = First(rebuilt.Masked);
                    // Visible voxels are equal, so the sum over all voxels equals that over hidden voxels.
                    double hidden = mask.Hidden.shape[1] / (double)tokens.Grid.Count;
                    found[index][r].Add((First(rebuilt.Volumes), (rebuilt.Volumes - volume).square().mean().item<float>() / hidden));
                }
                progress.Report(++at, count, $"{model.Label}, {crops.CaseIds[index]}", TimeSpan.Zero);
            }
        }
        return [.. found.Select((rows, index) => new RebuiltCrop(crops.CaseIds[index], size, session.Data.SpacingMm, inputs[index],
            [.. rows.Select((models, r) => new RebuiltRow(request.Ratios[r], masked[index][r], [.. models.Select(one => one.Rebuilt)], [.. models.Select(one => one.Error)]))]))];
    }

    /// <summary>Returns errors by model and mask ratio, with the names of the pictures.</summary>
    public static JsonObject ToJson(IReadOnlyList<RebuiltCrop> crops, IReadOnlyList<AnalyzedModel> models, ReconstructionRequest request, IReadOnlyList<string> pictures) => new()
    {
        ["definition"] = Definition,
        ["pictures"] = new JsonArray([.. pictures.Select(name => (JsonNode)name)]),
        ["errors"] = new JsonArray([.. models.SelectMany((model, m) => request.Ratios.Select((ratio, r) =>
        {
            double[] errors = [.. crops.Select(crop => crop.Rows[r].Errors[m])];
            var found = new JsonObject { ["model"] = model.Label, ["mask_ratio"] = ratio };
            Statistic? statistic = Statistic.Of(errors.Select(error => (double?)error), 2000, request.Seed);
            found["mse"] = RepresentationJson.Number(statistic!.Mean);
            found["low"] = statistic.Low is { } low ? RepresentationJson.Number(low) : null;
            found["high"] = statistic.High is { } high ? RepresentationJson.Number(high) : null;
            found["by_case"] = RepresentationJson.Numbers(errors);
            return (JsonNode)found;
        }))]),
    };

    private static float[] First(Tensor volumes) => volumes[0][0].cpu().contiguous().data<float>().ToArray();
}
