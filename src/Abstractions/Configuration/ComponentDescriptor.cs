
namespace HiEndMae.Configuration;

/// <summary>One component: its name, its config and how to make it. Written by the generator.</summary>
/// <param name="Slot">Where it fits.</param>
/// <param name="Name">The value of <c>plugin =</c>.</param>
/// <param name="Summary">From the config record's XML summary.</param>
/// <param name="Schema">Keys, types, constraints and documentation.</param>
/// <param name="Read">Makes the config record from a table that <see cref="ConfigChecker"/> found no error in.</param>
/// <param name="Create">Makes the component: (config, context) with the slot's context type. Loads libtorch for modules.</param>
public sealed record ComponentDescriptor(
    Slot Slot,
    string Name,
    string Summary,
    SectionSchema Schema,
    Func<ConfigTable, BindContext, IComponentConfig> Read,
    Func<IComponentConfig, object, object> Create) : ComponentSchema(Slot, Name, Summary, Schema);
