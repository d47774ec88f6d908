using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SparK's decoder. It adds the level of the encoder at each step.</summary>
internal sealed class SparkDecoder : nn.Module
{
    private readonly ModuleList<SparkStep> dec;
    private readonly ConvLayer proj;

    public SparkDecoder(int width, int steps, int channels) : base(nameof(SparkDecoder))
    {
        dec = nn.ModuleList([.. Enumerable.Range(0, steps).Select(i => new SparkStep(width >> i))]);
        proj = new ConvLayer(width >> steps, channels, 1);
        RegisterComponents();
    }

    /// <summary>Decodes maps (coarsest first) to [B, C, X, Y, Z].</summary>
    public Tensor Decode(IReadOnlyList<Tensor> maps)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = maps[0];
        for (int i = 0; i < dec.Count; i++)
        {
            if (i > 0 && i < maps.Count) x = x + maps[i];
            x = dec[i].call(x);
        }
        return proj.call(x).MoveToOuterDisposeScope();
    }
}
