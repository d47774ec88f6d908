namespace HiEndMae.Configuration;

/// <summary>Describes the config of one component.</summary>
/// <param name="Slot">The kind of component.</param>
/// <param name="Name">The value of <c>plugin =</c>.</param>
/// <param name="Summary">The XML summary of the config record.</param>
/// <param name="Schema">Keys of the config with types, constraints and documentation.</param>
public record ComponentSchema(Slot Slot, string Name, string Summary, SectionSchema Schema);
