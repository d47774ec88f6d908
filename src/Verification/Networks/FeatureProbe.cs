using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Networks;

/// <summary>Records outputs of modules while a network runs.</summary>
internal sealed class FeatureProbe : IDisposable
{
    private readonly Dictionary<string, nn.Module> modules;
    private readonly Dictionary<string, Tensor> outputs = new(StringComparer.Ordinal);
    private readonly List<Action> hooks = [];

    /// <param name="parts">Modules by prefix, such as "encoder".</param>
    public FeatureProbe(params (string Prefix, nn.Module Module)[] parts) =>
        modules = parts.SelectMany(part => part.Module.named_modules().Select(entry => (Name: $"{part.Prefix}.{entry.name}", entry.module))).ToDictionary(entry => entry.Name, entry => entry.module, StringComparer.Ordinal);

    /// <summary>Records the last output of a module.</summary>
    /// <exception cref="CheckpointException">There is no such module, or its output cannot be recorded.</exception>
    public void Listen(string path)
    {
        path = Resolved(path);
        switch (modules.GetValueOrDefault(path))
        {
            case nn.Module<Tensor, Tensor> module:
                hooks.Add(module.register_forward_hook((_, _, output) => Keep(path, output)).remove);
                break;
            case nn.Module<Tensor, Tensor, Tensor> module:
                hooks.Add(module.register_forward_hook((_, _, _, output) => Keep(path, output)).remove);
                break;
            default:
                throw new CheckpointException($"The model has no module '{path}' whose output could be compared.");
        }
    }

    /// <summary>Returns the last output of a module.</summary>
    /// <exception cref="CheckpointException">The module was not run.</exception>
    public Tensor Of(string path) => outputs.TryGetValue(Resolved(path), out Tensor? output) ? output : throw new CheckpointException($"The module '{path}' was not run.");

    /// <summary>Runs a single module.</summary>
    public Tensor Apply(string path, Tensor input)
    {
        using IDisposable noGrad = no_grad();
        return ((nn.Module<Tensor, Tensor>)modules[Resolved(path)]).call(input);
    }

    public void Dispose()
    {
        foreach (Action remove in hooks) remove();
        foreach (Tensor output in outputs.Values) output.Dispose();
    }

    private Tensor Keep(string path, Tensor output)
    {
        if (outputs.Remove(path, out Tensor? old)) old.Dispose();
        outputs[path] = output.detach().clone().DetachFromDisposeScope();
        return output;
    }

    // "last" as the last part means the last module of a list.
    private string Resolved(string path)
    {
        const string Last = ".last";
        if (!path.EndsWith(Last, StringComparison.Ordinal)) return path;
        string list = path[..^Last.Length];
        int count = 0;
        while (modules.ContainsKey($"{list}.{count}")) count++;
        return $"{list}.{count - 1}";
    }
}
