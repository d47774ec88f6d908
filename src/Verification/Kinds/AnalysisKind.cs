using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>Analysis of an encoder's representations: values, attention, effective ranks, distances, entropies, similarities of layers, and attention maps.</summary>
public sealed class AnalysisKind : IGoldenKind
{
    private const double Exact = 1e-5, Scaled = 2e-5;

    private static readonly (string Name, RankDefinition Definition)[] Ranks =
    [
        ("all_heads", RankDefinition.AllHeads), ("per_head", RankDefinition.PerHead), ("all_heads_with_cls", RankDefinition.WithClassToken), ("all_heads_centred", RankDefinition.Centred),
        ("all_heads_squared", RankDefinition.Squared), ("matrix_information", RankDefinition.MatrixInformation), ("attended", RankDefinition.Attended),
    ];

    /// <inheritdoc/>
    public string Name => "analysis";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Size3 crop = Size3.Cube((int)golden.Int("img_size")), patch = Size3.Cube((int)golden.Int("patch_size"));
        bool classToken = golden.Text("cls_token") == "true";
        using Encoder encoder = Encoder(golden, context, crop, classToken);
        TokenEncoderInfo info = ((TokenEncoder)encoder).TokenInfo;
        long[] queries = golden["attention_map.queries"].data<long>().ToArray();
        Tensor distances = AttentionMeasures.Distances(info.Grid, new Spacing3(patch.X, patch.Y, patch.Z)).to(context.Device);
        var found = new Dictionary<string, List<Tensor>>(StringComparer.Ordinal);
        var outputs = new List<Tensor>();
        using (((ITracedEncoder)encoder).Trace(Observe)) encoder.Encode(golden["input"].to(context.Device), []);
        Dictionary<string, Tensor> layers = found.ToDictionary(entry => entry.Key, entry => stack(entry.Value));
        (layers["cka.linear"], layers["cka.minibatch_unbiased"]) = Similarities(outputs);
        int[] shown = [3, 6, 9, info.Depth - 1];
        layers["attention_map.volume_layers_3_6_9_last"] = AttentionMap.Scaled(AttentionMap.Volume(
            stack(shown.Select(layer => layers["attention_map.mean"][layer][0])), info.Grid, crop));
        return [.. layers.Where(entry => golden.Has(entry.Key)).Select(entry => new Deviation(
            entry.Key.Replace('_', ' '), golden.Deviation(entry.Key, entry.Value), entry.Key.Contains("volume", StringComparison.Ordinal) ? Scaled : Exact))];

        void Observe(BlockTrace trace)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor log = AttentionRows.LogWeights(trace), weights = log.exp();
            Add("values", trace.Values.clone());
            Add("attention", weights);
            Add("attended_values", weights.matmul(trace.Values).transpose(1, 2).flatten(2));
            Add("block_output", trace.Output.clone());
            foreach ((string name, RankDefinition definition) in Ranks)
            {
                Tensor sigma = ValueMatrix.SingularValues(trace, classToken, definition);
                Add($"singular_values.{name}", sigma);
                Add($"effective_rank.{name}", Spectrum.EffectiveRanks(sigma));
            }
            Tensor values = trace.Values.transpose(1, 2).flatten(2); // [B, T, E]
            Add("effective_rank.pooled", Spectrum.EffectiveRanks(Spectrum.SingularValues(Patches(values).flatten(0, 1))));
            Add("attention_distance.voxels", AttentionMeasures.Distance(weights, distances, rescaled: true));
            Add("attention_distance.voxels_not_renormalised", AttentionMeasures.Distance(weights, distances, rescaled: false));
            Add("attention_entropy.nats", AttentionMeasures.Entropy(log, weights, info.Grid.Count));
            Add("attention_head_kl.nats", AttentionMeasures.HeadDivergence(log, weights, info.Grid.Count));
            Tensor rows = AttentionRows.Of(trace, classToken, queries);
            Add("attention_map.per_head", rows);
            Add("attention_map.mean", rows.mean([2]));
            outputs.Add(Keep(Patches(trace.Output).clone()));
        }

        void Add(string name, Tensor value)
        {
            if (!found.TryGetValue(name, out List<Tensor>? list)) found[name] = list = [];
            list.Add(Keep(value.cpu()));
        }

        // Observers run in a scope of their own. Tensors that they keep move to the scope of this method.
        Tensor Keep(Tensor value)
        {
            scope.Attach(value);
            return value;
        }

        Tensor Patches(Tensor tokens) => tokens.narrow(1, tokens.shape[1] - info.Grid.Count, info.Grid.Count);
    }

    private static Encoder Encoder(GoldenFile golden, GoldenContext context, Size3 crop, bool classToken)
    {
        Encoder encoder = context.Create<Encoder>(Slot.Encoder, string.Create(CultureInfo.InvariantCulture, $"""
            plugin = "vit3d"
            embed_dim = {golden.Int("encoder_dim")}
            depth = {golden.Int("encoder_depth")}
            num_heads = {golden.Int("encoder_heads")}
            patch_size = {golden.Int("patch_size")}
            pos_embed = "{golden.Text("pos_embed")}"
            """), new EncoderContext(1, crop, classToken ? EncoderUse.Pretraining : EncoderUse.Segmentation));
        golden.Fill(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = encoder }), ["encoder_pos_embed"]);
        encoder.to(context.Device);
        encoder.eval();
        return encoder;
    }

    // The samples of the golden are its crops.
    private static (Tensor Linear, Tensor Minibatch) Similarities(List<Tensor> outputs)
    {
        using var linear = new LinearCka(outputs.Count, outputs.Count);
        var minibatch = new MinibatchCka(outputs.Count, outputs.Count);
        for (int sample = 0; sample < outputs[0].shape[0]; sample++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] tokens = [.. outputs.Select(layer => layer[sample])];
            linear.Add(tokens, tokens);
            Tensor grams = stack(tokens.Select(CentredGram.Of));
            minibatch.Add(grams, grams);
        }
        return (tensor(linear.Values()), tensor(minibatch.Values()));
    }
}
