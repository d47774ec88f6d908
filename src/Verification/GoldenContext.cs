using HiEndMae.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.ExperimentFiles;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>With what goldens are computed.</summary>
/// <param name="Components">The components that goldens may name.</param>
/// <param name="Device">Where models run.</param>
/// <param name="Threads">Threads of optimisers.</param>
public sealed record GoldenContext(IReadOnlyList<ComponentDescriptor> Components, Device Device, int Threads)
{
    /// <summary>Creates a component from TOML, through the checks that an experiment's table goes through.</summary>
    /// <param name="slot">Where the component fits.</param>
    /// <param name="toml">The table, with <c>plugin</c>.</param>
    /// <param name="context">The slot's context, such as <see cref="EncoderContext"/>.</param>
    /// <exception cref="CheckpointException">The golden's configuration has an error.</exception>
    /// <exception cref="PluginException">There is no such component, or it refuses its config.</exception>
    public T Create<T>(Slot slot, string toml, object context)
        where T : class
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigTable table = TomlReader.Read(toml, "the golden", errors.Add) ?? throw new CheckpointException(errors[0].Message);
        ComponentDescriptor component = Components.Find(slot, table.PluginName) ?? throw new PluginException($"There is no {slot.ToString().ToLowerInvariant()} '{table.PluginName}'.");
        if (!ConfigChecker.Check(table, component.Schema, $"[{component.Name}]", new CheckContext(Components, errors.Add))) throw new CheckpointException(errors.First(error => error.IsError).ToString());
        return (T)component.Create(component.Read(table, new BindContext(Components, _ => null)), context);
    }
}
