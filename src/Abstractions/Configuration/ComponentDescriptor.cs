
namespace HiEndMae.Configuration;

/// <summary>Describes one component: its name, its config, and how to create it. The generator writes instances.</summary>
/// <param name="Slot">The kind of component.</param>
/// <param name="Name">The value of <c>plugin =</c>.</param>
/// <param name="Summary">The XML summary of the config record.</param>
/// <param name="Schema">Keys of the config with types, constraints and documentation.</param>
/// <param name="Read">Creates the config record from a table in which <see cref="ConfigChecker"/> found no error.</param>
/// <param name="Create">Creates the component from (config, context), where the context has the type of the slot. Creating a module loads libtorch.</param>
public sealed record ComponentDescriptor(
    Slot Slot,
    string Name,
    string Summary,
    SectionSchema Schema,
    Func<ConfigTable, BindContext, IComponentConfig> Read,
    Func<IComponentConfig, object, object> Create) : ComponentSchema(Slot, Name, Summary, Schema);
