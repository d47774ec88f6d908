using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record HySparkConfig : IReferenceCheck
{
    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden)
    {
        var values = new List<ReferenceValue>();
        Tensor volumes = SparseReferences.Volumes(golden["input"]), active = golden["active"];
        long[] sides = volumes.shape[2..];
        var crop = new Size3((int)sides[0], (int)sides[1], (int)sides[2]);
        const string Wrapper = "weights.sparse_encoder.";
        int depth = int.Parse(golden.Text("vit_depth"), CultureInfo.InvariantCulture), heads = int.Parse(golden.Text("vit_heads"), CultureInfo.InvariantCulture);
        Encoder encoder = golden.CreateEncoder(HybridSizes.Toml(golden, Wrapper + "embeddings.", depth, heads), new EncoderContext((int)volumes.shape[1], crop, EncoderUse.Pretraining));
        var context = new DecoderContext(encoder.Info, crop) { MaskRatio = double.Parse(golden.Text("mask_ratio"), CultureInfo.InvariantCulture) };
        HySparkConfig config = this with { DecoderWidth = int.Parse(golden.Text("decoder_width"), CultureInfo.InvariantCulture) };
        var task = new HySparkTask(config, context);
        using var model = new SparseReferences(golden, "", encoder, task, OwnName);
        Tensor visible = model.Visible("active");
        // Our positions are computed, not stored. The official mask token is overwritten before it can reach a loss.
        values.Add(new(Wrapper + "mae.pos_embed", encoder.state_dict()["pos_embed"].clone()));
        Tensor token = golden[Wrapper + "mae.mask_token"].to(ScalarType.Float64);
        int[] steps = [.. Regex.Matches(golden.Text("features"), @"(\d+)(?:st|nd|rd|th)", RegexOptions.CultureInvariant).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        using (no_grad())
        {
            FeaturePyramid pyramid = ((IMaskedEncoder)encoder).EncodeCells(volumes, visible);
            for (int level = 0; level < pyramid.Levels.Count; level++)
            {
                Tensor map = pyramid.Levels[level];
                if (level == pyramid.Levels.Count - 1) map = where(visible, map, token.reshape(1, -1, 1, 1, 1));
                for (int sample = 0; sample < volumes.shape[0]; sample++)
                {
                    Tensor all = map[sample].flatten();
                    values.Add(new($"encoder.sample{sample}.level{level + 1}", all.slice(0, 0, all.numel(), steps[level])));
                }
            }
            (Tensor mean, Tensor deviation) = SparseReconstruction.Statistics(Patches.FromVolumes(volumes, encoder is IMaskedEncoder cells ? cells.CellSize.X : 0));
            values.AddRange([new("target.mean", mean.squeeze(2)), new("target.deviation", deviation.squeeze(2))]);
        }
        model.Pass(volumes.narrow(0, 0, 1), visible.narrow(0, 0, 1), "one.", values);
        Tensor decoded = model.Pass(volumes, visible, "two.", values);
        values.AddRange(SparseReferences.Thinned(golden, "two.reconstruction_every_", task.Restored(volumes, decoded, visible)));
        return values;
    }

    // dense_decoder.dec.0.conv.1.weight is dec.0.block.conv.1.weight here; levels are concatenated from the second on, so the first fuse has no counterpart.
    private static string OwnName(string official)
    {
        string name = official.StartsWith("dense_decoder.", StringComparison.Ordinal) ? official["dense_decoder.".Length..] : official;
        string[] parts = name.Split('.');
        return parts[0] switch
        {
            "dec" when parts[2] == "conv" => string.Join('.', [parts[0], parts[1], "block", .. parts[2..]]),
            "fuse" => string.Join('.', [parts[0], (int.Parse(parts[1], CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture), .. parts[2..]]),
            _ => name,
        };
    }
}
