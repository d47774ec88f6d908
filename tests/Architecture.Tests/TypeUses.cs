using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HiEndMae.Architecture.Tests;

/// <summary>Which types a compiled type uses: in its declaration, its members' signatures and its methods' bodies.</summary>
internal static class TypeUses
{
    /// <summary>Full names of the used types, outermost types only.</summary>
    public static IEnumerable<TypeReference> Of(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declared =
        [
            type.BaseType, .. type.Interfaces.Select(one => one.InterfaceType), .. type.GenericParameters.SelectMany(Constraints), .. Attributes(type),
            .. type.Fields.Select(field => field.FieldType), .. type.Fields.SelectMany(Attributes),
            .. type.Properties.Select(property => property.PropertyType), .. type.Properties.SelectMany(Attributes), .. type.Events.Select(one => one.EventType),
        ];
        return declared.Concat(type.Methods.SelectMany(OfMethod)).OfType<TypeReference>().SelectMany(Parts).Concat(type.NestedTypes.SelectMany(Of));
    }

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method)
    {
        yield return method.ReturnType;
        foreach (ParameterDefinition parameter in method.Parameters) yield return parameter.ParameterType;
        foreach (TypeReference one in method.GenericParameters.SelectMany(Constraints).Concat(Attributes(method))) yield return one;
        if (!method.HasBody) yield break;
        foreach (VariableDefinition variable in method.Body.Variables) yield return variable.VariableType;
        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers) yield return handler.CatchType;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    yield return type;
                    break;
                case MethodReference called:
                    yield return called.DeclaringType;
                    yield return called.ReturnType;
                    foreach (ParameterDefinition parameter in called.Parameters) yield return parameter.ParameterType;
                    if (called is GenericInstanceMethod generic)
                    {
                        foreach (TypeReference argument in generic.GenericArguments) yield return argument;
                    }
                    break;
                case FieldReference field:
                    yield return field.DeclaringType;
                    yield return field.FieldType;
                    break;
            }
        }
    }

    private static IEnumerable<TypeReference> Constraints(GenericParameter parameter) => parameter.Constraints.Select(constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider owner) =>
        owner.HasCustomAttributes ? owner.CustomAttributes.Select(attribute => attribute.AttributeType) : [];

    // List<Foo[]> is List, Foo.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Concat(Parts(generic.ElementType)),
        FunctionPointerType pointer => pointer.Parameters.Select(parameter => parameter.ParameterType).Append(pointer.ReturnType).SelectMany(Parts),
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        { DeclaringType: { } outer } => Parts(outer),
        _ => [type],
    };
}
