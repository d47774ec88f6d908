using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae plugins [NAME]</c>: the components that an experiment can name and the plugins that offer them, or the keys of one component.</summary>
internal static class PluginsCommand
{
    private const int ShownHash = 12;

    public static Command Create(HostEnvironment environment)
    {
        var name = new Argument<string?>("NAME") { Description = "Component to describe; default: list all components.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("plugins", "List the components and the plugins they come from, with the fault of each plugin that cannot be used; or the keys of one component.")
        {
            name, json, PluginsAddCommand.Create(environment), PluginsRemoveCommand.Create(environment),
        };
        command.SetAction(parsed => Run(environment, parsed.GetValue(name), parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string? name, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        ComponentDescriptor[] shown = [.. catalog.Components
            .Where(component => name is null || component.Name == name)
            .OrderBy(component => component.Slot).ThenBy(component => component.Name, StringComparer.Ordinal)];
        if (name is not null && shown.Length == 0)
        {
            environment.Error.WriteLine($"error: there is no component '{name}'; choose one of {string.Join(", ", catalog.Components.Select(c => c.Name).Order(StringComparer.Ordinal))}.");
            PrintFaults(environment, catalog);
            return ExitCodes.BadUsage;
        }
        if (json) environment.Output.WriteLine(ToJson(catalog, shown).ToJsonString(JsonOptions.Indented));
        else if (name is null)
        {
            PrintList(environment.Console, shown);
            PrintPlugins(environment.Console, catalog.Plugins);
            PrintFaults(environment, catalog);
        }
        else foreach (ComponentDescriptor component in shown) PrintKeys(environment.Console, component);
        return ExitCodes.Done;
    }

    private static void PrintList(IAnsiConsole console, IEnumerable<ComponentDescriptor> components)
    {
        Table table = new Table().AddColumns("slot", "plugin", "what it is");
        foreach (ComponentDescriptor component in components)
            table.AddRow(SlotName(component.Slot), Markup.Escape(component.Name), Markup.Escape(component.Summary));
        console.Write(table);
    }

    private static void PrintKeys(IAnsiConsole console, ComponentDescriptor component)
    {
        console.WriteLine($"{SlotName(component.Slot)} '{component.Name}': {component.Summary}");
        Table table = new Table().AddColumns("key", "type", "default", "allowed", "what it is");
        foreach (KeySchema key in component.Schema.Keys)
        {
            table.AddRow(
                Markup.Escape(key.Name), Markup.Escape(KeyWording.TypeName(key)), Markup.Escape(key.Required ? "(required)" : key.Default ?? ""),
                Markup.Escape(KeyWording.Constraints(key)), Markup.Escape(key.Summary));
        }
        console.Write(table);
    }

    private static void PrintPlugins(IAnsiConsole console, IEnumerable<PluginAssembly> plugins)
    {
        Table table = new Table().AddColumns("plugin", "version", "contract", "state", "SHA-256", "path");
        foreach (PluginAssembly plugin in plugins)
        {
            table.AddRow(
                Markup.Escape(plugin.Name), plugin.Version?.ToString() ?? "", plugin.Contract?.ToString() ?? "", plugin.Fault is null ? "loaded" : "cannot be used",
                plugin.Sha256[..ShownHash], Markup.Escape(plugin.Path));
        }
        console.Write(table);
    }

    private static void PrintFaults(HostEnvironment environment, PluginCatalog catalog)
    {
        foreach (string fault in catalog.Faults) environment.Error.WriteLine($"warning: {fault}");
    }

    private static JsonObject ToJson(PluginCatalog catalog, IEnumerable<ComponentDescriptor> shown) => new()
    {
        ["components"] = new JsonArray([.. shown.Select(component => (JsonNode)ToJson(component, catalog.OwnerOf(component)))]),
        ["plugins"] = new JsonArray([.. catalog.Plugins.Select(plugin => (JsonNode)new JsonObject
        {
            ["name"] = plugin.Name,
            ["path"] = plugin.Path,
            ["version"] = plugin.Version?.ToString(),
            ["contract"] = plugin.Contract?.ToString(),
            ["sha256"] = plugin.Sha256,
            ["loaded"] = plugin.Fault is null,
            ["fault"] = plugin.Fault,
        })]),
        ["faults"] = new JsonArray([.. catalog.Faults.Select(fault => (JsonNode)fault)]),
    };

    private static JsonObject ToJson(ComponentDescriptor component, PluginAssembly owner) => new JsonObject
    {
        ["slot"] = SlotName(component.Slot),
        ["plugin"] = component.Name,
        ["summary"] = component.Summary,
        ["assembly"] = owner.Name,
        ["keys"] = new JsonArray([.. component.Schema.Keys.Select(key => (JsonNode)new JsonObject
        {
            ["name"] = key.Name,
            ["type"] = KeyWording.TypeName(key),
            ["required"] = key.Required,
            ["default"] = key.Default,
            ["allowed"] = KeyWording.Constraints(key),
            ["summary"] = key.Summary,
        })]),
    };

    private static string SlotName(Slot slot) => slot.ToString().ToLowerInvariant();
}
