using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>The encoder and decoder of a pre-training golden, with its weights, its input and its mask.</summary>
internal sealed class PretrainingModel : IDisposable
{
    // The models compute both position tables themselves.
    private static readonly string[] Computed = ["encoder_pos_embed", "decoder_pos_embed"];

    /// <summary>Builds the model that the golden's metadata describes.</summary>
    /// <exception cref="CheckpointException">The golden does not fit its own description.</exception>
    public PretrainingModel(GoldenFile golden, GoldenContext context)
    {
        PatchSize = (int)golden.Int("patch_size");
        Size3 crop = Size3.Cube((int)golden.Int("img_size"));
        string dense = string.Join(", ", golden.Doubles("dense_layers").Select(layer => layer.ToString(CultureInfo.InvariantCulture)));
        Encoder = context.Create<Encoder>(Slot.Encoder, $"""
            plugin = "vit3d"
            embed_dim = {golden.Int("encoder_dim")}
            depth = {golden.Int("encoder_depth")}
            num_heads = {golden.Int("encoder_heads")}
            patch_size = {PatchSize}
            pos_embed = "{golden.Text("pos_embed")}"
            """, new EncoderContext(1, crop, EncoderUse.Pretraining));
        Decoder = context.Create<Decoder>(Slot.Decoder, $"""
            plugin = "hi-end-mae"
            embed_dim = {golden.Int("decoder_dim")}
            num_heads = {golden.Int("decoder_heads")}
            self_depth = {golden.Int("self_depth")}
            stage_depth = {golden.Int("stage_depth")}
            dense_layers = [{dense}]
            """, new DecoderContext(Encoder.Info, crop));
        golden.Fill(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = Encoder, ["decoder"] = Decoder }), Computed);
        Encoder.to(context.Device);
        Decoder.to(context.Device);
        Input = golden["input"].to(context.Device);
        Tensor shuffle = golden["shuffle_indices"].to(context.Device);
        Mask = new TokenMask(shuffle, (int)(shuffle.shape[1] * (1 - golden.Double("mask_ratio"))));
    }

    public Encoder Encoder { get; }

    public Decoder Decoder { get; }

    /// <summary>Edge of a patch in voxels.</summary>
    public int PatchSize { get; }

    /// <summary>[B, 1, X, Y, Z].</summary>
    public Tensor Input { get; }

    public TokenMask Mask { get; }

    /// <summary>All trained parameters, as <c>encoder.*</c> and <c>decoder.*</c>.</summary>
    public IEnumerable<(string Name, Parameter Value)> Parameters => [.. GradientNorms.Named("encoder", Encoder), .. GradientNorms.Named("decoder", Decoder)];

    /// <summary>Computes the loss of the golden's input and mask.</summary>
    public Tensor Loss() => Decoder.Loss(Encoder, new PretextBatch(Input, Mask));

    public void Dispose()
    {
        Mask.Dispose();
        Input.Dispose();
        Decoder.Dispose();
        Encoder.Dispose();
    }
}
