using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace HiEndMae.Runs.Loading;

/// <summary>Versions in the file of a plugin, read without loading it.</summary>
/// <param name="Version">Version of the assembly.</param>
/// <param name="Contract">Version of the contract that it was built against; null if it states none.</param>
internal sealed record PluginHeader(Version Version, Version? Contract)
{
    private const int AttributeProlog = 1;

    /// <summary>Reads the metadata of an assembly.</summary>
    /// <param name="file">The DLL.</param>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    public static PluginHeader Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        if (!image.HasMetadata) throw new BadImageFormatException("the file is no .NET assembly");
        MetadataReader metadata = image.GetMetadataReader();
        AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
        return new PluginHeader(assembly.Version, ContractOf(metadata, assembly));
    }

    private static Version? ContractOf(MetadataReader metadata, AssemblyDefinition assembly)
    {
        foreach (CustomAttributeHandle handle in assembly.GetCustomAttributes())
        {
            CustomAttribute attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
            EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            if (parent.Kind != HandleKind.TypeReference) continue;
            TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
            if (!metadata.StringComparer.Equals(type.Name, nameof(ContractVersionAttribute)) || !metadata.StringComparer.Equals(type.Namespace, nameof(HiEndMae))) continue;
            // ECMA-335 II.23.3: a prolog, then the arguments of the constructor.
            BlobReader value = metadata.GetBlobReader(attribute.Value);
            return value.ReadUInt16() == AttributeProlog ? new Version(value.ReadInt32(), value.ReadInt32()) : null;
        }
        return null;
    }
}
