using HiEndMae.Configuration;

namespace HiEndMae;

/// <summary>One component: its name, its config and how to make it. Written by the generator.</summary>
/// <param name="Slot">Where it fits.</param>
/// <param name="Name">The value of <c>plugin =</c>.</param>
/// <param name="Summary">From the config record's XML summary.</param>
/// <param name="Schema">Keys, types, constraints and documentation.</param>
/// <param name="Bind">Makes the config record from a TOML table; reports every error and returns null where there is one.</param>
/// <param name="Create">Makes the component: (config, context) with the slot's context type. Loads libtorch for modules.</param>
public sealed record ComponentDescriptor(
    Slot Slot,
    string Name,
    string Summary,
    SectionSchema Schema,
    Func<ConfigTable, BindContext, IComponentConfig?> Bind,
    Func<IComponentConfig, object, object> Create);
