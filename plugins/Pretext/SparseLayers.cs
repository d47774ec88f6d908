using HiEndMae.Nn;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Compares each layer that runs on visible cells, with its gradients, with a golden's <c>layers.*</c>.</summary>
internal static class SparseLayers
{
    private const string Prefix = "layers.";

    /// <summary>Compares every layer of the golden.</summary>
    public static IEnumerable<ReferenceValue> Recompute(IReferenceTensors golden)
    {
        if (!golden.Has(Prefix + "input")) return [];
        var mask = new CellMask(golden[Prefix + "active"].to(ScalarType.Bool));
        var values = new List<ReferenceValue>();
        foreach (string name in (string[])["conv", "conv_strided", "conv_depthwise"])
        {
            long[] shape = golden[$"{Prefix}{name}.weight"].shape;
            int inputs = (int)golden[Prefix + "input"].shape[1];
            using var layer = new ConvLayer(new ConvShape(inputs, (int)shape[0], (int)shape[^1]) { Groups = inputs / (int)shape[1], Stride = name == "conv_strided" ? 2 : 1 });
            Compare(name, layer, x => mask.Apply(layer.call(x)));
        }
        Compare("max_pool", null, x => mask.Apply(Pooling.Max(x)));
        Compare("avg_pool", null, x => mask.Apply(nn.functional.avg_pool3d(x, [2, 2, 2])));
        int channels = (int)golden[Prefix + "input"].shape[1];
        using (var norm = new BatchNormLayer(channels))
        {
            Compare("batch_norm", norm, x => norm.Visible(x, mask));
            foreach (string buffer in (string[])["running_mean", "running_var"]) values.Add(new($"{Prefix}batch_norm.{buffer}_after", norm.state_dict()[buffer].clone()));
        }
        // The golden has channels last.
        using var layerNorm = new ChannelLayerNorm(channels, 1e-6);
        Compare("layer_norm_last", layerNorm, x => mask.Apply(layerNorm.call(x.permute(0, 4, 1, 2, 3))).permute(0, 2, 3, 4, 1), channelsLast: true);
        return values;

        void Compare(string name, nn.Module? layer, Func<Tensor, Tensor> run, bool channelsLast = false)
        {
            string start = $"{Prefix}{name}.";
            if (!golden.Has(start + "output")) return;
            Tensor input = golden[Prefix + "input"];
            Tensor x = (channelsLast ? input.permute(0, 2, 3, 4, 1).contiguous() : input).detach().clone().requires_grad_();
            if (layer is not null)
            {
                layer.to(golden.Device).train();
                using IDisposable noGrad = no_grad();
                foreach ((string parameter, TorchSharp.Modules.Parameter value) in layer.named_parameters()) value.copy_(golden[start + parameter]);
            }
            Tensor output = run(x);
            (output * golden[start + "output_weights"]).sum().backward();
            values.AddRange([new(start + "output", output.detach()), new(start + "input_grad", x.grad!.clone())]);
            foreach ((string parameter, TorchSharp.Modules.Parameter value) in layer?.named_parameters() ?? []) values.Add(new($"{start}{parameter}_grad", value.grad!.clone()));
        }
    }
}
