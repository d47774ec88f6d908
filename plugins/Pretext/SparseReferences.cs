using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A model of a golden in float64: encoder, task, and their tensors by official names.</summary>
internal sealed partial class SparseReferences : IDisposable
{
    private const string Weights = "weights.", Norms = "grad_norm.", After = "after.";
    private readonly IReferenceTensors golden;
    private readonly string prefix;
    private readonly Encoder encoder;
    private readonly SparseReconstruction task;
    private readonly Dictionary<string, Tensor> tensors;

    /// <summary>Copies the golden's weights.</summary>
    /// <param name="golden">The golden.</param>
    /// <param name="prefix">Prefix of the names of the model's tensors in it, such as "mednext.".</param>
    /// <param name="encoder">The encoder. The model owns it.</param>
    /// <param name="task">The task. The model owns it.</param>
    /// <param name="names">Maps official names of the task's tensors to ours.</param>
    public SparseReferences(IReferenceTensors golden, string prefix, Encoder encoder, SparseReconstruction task, Func<string, string> names)
    {
        (this.golden, this.prefix, this.encoder, this.task) = (golden, prefix, encoder, task);
        encoder.to(ScalarType.Float64);
        task.to(golden.Device).to(ScalarType.Float64);
        encoder.train();
        task.train();
        Dictionary<string, Tensor> own = new(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in encoder.state_dict()) own[$"encoder.{name}"] = value;
        foreach ((string name, Tensor value) in task.state_dict()) own[$"task.{name}"] = value;
        tensors = golden.Names(prefix).Select(name => Parameter().Match(name[prefix.Length..])).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
            .Select(official => (official, Own: own.GetValueOrDefault(OwnName(official, names)))).Where(entry => entry.Own is not null)
            .ToDictionary(entry => entry.official, entry => entry.Own!, StringComparer.Ordinal);
        foreach (string name in golden.Names(prefix + Weights))
        {
            using IDisposable noGrad = no_grad();
            if (tensors.TryGetValue(name[(prefix + Weights).Length..], out Tensor? place)) place.copy_(golden[name].reshape(place.shape));
        }
    }

    /// <summary>Visible cells [B, 1, x, y, z].</summary>
    /// <param name="name">Name of the tensor in the golden.</param>
    public Tensor Visible(string name) => golden[name].to(ScalarType.Bool);

    /// <summary>Reads volumes as float64. Bytes are divided by 255.</summary>
    public static Tensor Volumes(Tensor stored) => stored.dtype == ScalarType.Byte ? stored.to(ScalarType.Float64) / 255 : stored.to(ScalarType.Float64);

    /// <summary>Computes loss, gradient norms and running statistics of one pass in training mode.</summary>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="visible">[B, 1, x, y, z] bool.</param>
    /// <param name="part">Prefix of the names of the results, such as "one.".</param>
    /// <param name="values">Receives the results.</param>
    /// <param name="encoderPasses">How often the golden's script ran the encoder before it stored the running statistics.</param>
    /// <returns>The decoder's output.</returns>
    public Tensor Pass(Tensor volumes, Tensor visible, string part, List<ReferenceValue> values, int encoderPasses = 1)
    {
        encoder.zero_grad();
        task.zero_grad();
        Tensor decoded = task.Decoded(task.Densified(encoder, volumes, visible)), loss = task.Loss(volumes, decoded, visible);
        loss.backward();
        using (no_grad())
        {
            for (int i = 1; i < encoderPasses; i++) ((IMaskedEncoder)encoder).EncodeCells(volumes, visible);
        }
        values.Add(new(prefix + part + "loss", loss));
        foreach (string name in golden.Names(prefix + part + Norms))
            values.Add(new(name, tensors[name[(prefix + part + Norms).Length..]].grad is { } gradient ? gradient.norm() : tensor(double.NaN)));
        foreach (string name in golden.Names(prefix + part + After)) values.Add(new(name, tensors[name[(prefix + part + After).Length..]].clone()));
        return decoded.detach();
    }

    /// <summary>Returns every n-th value. The name gives n, as in decoded_every_41st.</summary>
    public static IEnumerable<ReferenceValue> Thinned(IReferenceTensors golden, string start, Tensor value) =>
        golden.Names(start).Select(name => new ReferenceValue(name, value.flatten().slice(0, 0, value.numel(), long.Parse(Every().Match(name).Groups[1].Value, CultureInfo.InvariantCulture))));

    public void Dispose()
    {
        task.Dispose();
        encoder.Dispose();
    }

    // sparse_encoder.sp_cnn.layer1.0.conv1.weight: its levels and steps count from 1.
    private static string OwnName(string official, Func<string, string> names)
    {
        if (!official.StartsWith("sparse_encoder.", StringComparison.Ordinal)) return $"task.{names(official)}";
        string name = Wrapper().Replace(official, "");
        name = Level().Replace(name, match => $"levels.{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1}.");
        name = Expand().Replace(name, match => $"expand.{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1}.");
        return $"encoder.{name}";
    }

    [GeneratedRegex(@"^(?:.*\.)?(?:weights|grad_norm|after)\.(.+)$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"_every_(\d+)")]
    private static partial Regex Every();

    [GeneratedRegex(@"^sparse_encoder\.(?:sp_cnn|embeddings|mae)\.")]
    private static partial Regex Wrapper();

    [GeneratedRegex(@"^layer(\d+)\.")]
    private static partial Regex Level();

    [GeneratedRegex(@"^expend(\d+)\.")]
    private static partial Regex Expand();
}
