using HiEndMae.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.ExperimentFiles;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Everything that is needed to compute goldens.</summary>
/// <param name="Components">Components that goldens may use.</param>
/// <param name="Device">Device of the models.</param>
/// <param name="Threads">Number of threads of optimisers.</param>
public sealed record GoldenContext(IReadOnlyList<ComponentDescriptor> Components, Device Device, int Threads)
{
    /// <summary>Creates a component from TOML, with the same checks as for the table of an experiment.</summary>
    /// <param name="slot">Slot of the component.</param>
    /// <param name="toml">The table, including <c>plugin</c>.</param>
    /// <param name="context">Context of the slot, such as <see cref="EncoderContext"/>.</param>
    /// <exception cref="CheckpointException">The golden's configuration has an error.</exception>
    /// <exception cref="PluginException">There is no such component, or it rejects its config.</exception>
    public T Create<T>(Slot slot, string toml, object context)
        where T : class
    {
        IComponentConfig config = Configure(slot, toml);
        return (T)Components.Find(slot, config.Plugin)!.Create(config, context);
    }

    /// <summary>Reads the config of a component from TOML, through the checks that an experiment's table goes through.</summary>
    /// <param name="slot">Where the component fits.</param>
    /// <param name="toml">The table, with <c>plugin</c>.</param>
    /// <exception cref="CheckpointException">The golden's configuration has an error.</exception>
    /// <exception cref="PluginException">There is no such component.</exception>
    public IComponentConfig Configure(Slot slot, string toml)
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigTable table = TomlReader.Read(toml, "the golden", errors.Add) ?? throw new CheckpointException(errors[0].Message);
        ComponentDescriptor component = Components.Find(slot, table.PluginName) ?? throw new PluginException($"There is no {slot.ToString().ToLowerInvariant()} '{table.PluginName}'.");
        if (!ConfigChecker.Check(table, component.Schema, $"[{component.Name}]", new CheckContext(Components, errors.Add))) throw new CheckpointException(errors.First(error => error.IsError).ToString());
        return component.Read(table, new BindContext(Components, _ => null));
    }
}
